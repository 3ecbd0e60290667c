"""What TensorBoard's own reader finds in the event files of `rote export --to tensorboard`.

events.py RUN DIR      a run: every number of metrics.jsonl and result.json, and histograms that count all values
events.py --sweep SWEEP DIR KEY,KEY   a sweep: prints the hparams of each run, and how it ended
"""
import json
import os
import struct
import sys

from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util


def opened(folder):
    events = plugin_event_accumulator.EventAccumulator(
        folder, tensor_size_guidance={"scalars": 0, "histograms": 0})
    events.Reload()
    return events


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def numbers(run):
    """(tag, step) -> value of a run's files, as docs/formats.md names the tags."""
    out, last = {}, 0
    for text in open(os.path.join(run, "metrics.jsonl")):
        line = json.loads(text)
        last = line["step"]
        group = "eval" if "eval" in line else "rule_%d" % line["rule"] if "rule" in line else "train"
        for key, value in line.get("eval", line).items():
            if isinstance(value, (int, float)) and key not in ("step", "rule"):
                out[group + "/" + key, last] = value
    known = {line.split("`")[1] for line in os.popen("%s help figures" % os.environ["ROTE"]) if line.startswith("| `")}
    for key, value in json.load(open(os.path.join(run, "result.json"))).items():
        if key in known and isinstance(value, (int, float)):
            out["result/" + key, last] = value
    return out


def check_run(run, folder):
    events, wanted, found = opened(folder), numbers(run), {}
    histograms = []
    for tag in events.Tags()["tensors"]:
        plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
        for event in events.Tensors(tag):
            value = tensor_util.make_ndarray(event.tensor_proto)
            if plugin == "scalars":
                found[tag, event.step] = value.item()
            elif plugin == "histograms":
                assert (value[:-1, 1] == value[1:, 0]).all() and value[:, 2].sum() > 0, tag
                histograms.append(tag)
    assert set(found) == set(wanted), set(found) ^ set(wanted)
    for key, value in wanted.items():
        assert found[key] == single(value), (key, found[key], value)
    print(len(found), "scalars,", " ".join(sorted(histograms)))


def check_sweep(sweep, folder, keys):
    for name in sorted(os.listdir(os.path.join(sweep, "runs"))):
        events = opened(os.path.join(folder, name))
        content = dict(events.summary_metadata.items())
        start = plugin_data_pb2.HParamsPluginData.FromString(
            content["_hparams_/session_start_info"].plugin_data.content).session_start_info
        end = plugin_data_pb2.HParamsPluginData.FromString(
            content["_hparams_/session_end_info"].plugin_data.content).session_end_info
        values = {k: getattr(v, v.WhichOneof("kind")) for k, v in start.hparams.items()}
        print(name.rsplit("-", 1)[0], end.status, *("%s=%s" % (k, values[k]) for k in keys.split(",")))
        assert any(tag.startswith("eval/") for tag in events.Tags()["tensors"]), name


if sys.argv[1] == "--sweep":
    check_sweep(*sys.argv[2:])
else:
    check_run(*sys.argv[1:])
