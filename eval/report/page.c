/* Style sheet, script and small parts of a page. */
#include "eval/report/page.h"

#include <math.h>
#include <string.h>

#include "eval/plot/plot.h"
#include "eval/report/report.h"

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fff;--ink:#1c1e21;--dim:#5b616b;--line:#e1e4e8;--card:#f5f6f8;"
    "--c0:#2563a8;--c1:#c2571a;--c2:#2e8540;--c3:#8a3fa0;--c4:#b3282d;--c5:#6b6b6b;--q0:#e0a100;--q1:#d97a1c;"
    "--q2:#cb5436;--q3:#b23555;--q4:#8f2a72;--q5:#672b87;--q6:#42308a;--q7:#1f2f7a}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#16181c;--ink:#e6e8eb;--dim:#9aa2ad;--line:#31353c;"
    "--card:#1f2227;--c0:#6aa8ea;--c1:#ee9a62;--c2:#6fc483;--c3:#cf94e0;--c4:#ef8085;--c5:#a8a8a8;"
    "--q0:#fff3b0;--q1:#fcd672;--q2:#f7b05b;--q3:#ef8763;--q4:#e0637f;--q5:#c159a8;--q6:#9a63cf;--q7:#7d7be8}"
    "}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:54rem;background:var(--bg);color:var(--ink);"
    "font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\n"
    "h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem;overflow-wrap:anywhere}"
    "h2{font-size:1.15rem;margin:2.4rem 0 .6rem}h3{font-size:1rem;margin:1.8rem 0 .4rem}\n"
    "p{margin:.4rem 0 1rem}.dim,footer{color:var(--dim)}footer{margin-top:3rem;font-size:.875rem}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;"
    "margin:1.4rem 0 2rem}\n"
    ".cards div{background:var(--card);border-radius:.5rem;padding:.8rem 1rem}"
    ".cards b{display:block;font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums}"
    ".cards span{color:var(--dim);font-size:.875rem}\n"
    ".says{border-left:.25rem solid var(--c0);padding:.1rem 0 .1rem 1rem;margin:1.2rem 0}"
    ".says b{font-size:1.15rem}\n"
    /* shaded at a side where the table continues: the covers move with the table, the shades do not */
    ".wide{overflow-x:auto;margin:0 -1.25rem;padding:0 1.25rem;"
    "background:linear-gradient(90deg,var(--bg) 40%,transparent) 0 0/2.5rem 100%,linear-gradient(270deg,"
    "var(--bg) 40%,transparent) 100% 0/2.5rem 100%,linear-gradient(90deg,var(--line),"
    "transparent) 0 0/1rem 100%,linear-gradient(270deg,var(--line),transparent) 100% 0/1rem 100%;"
    "background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}"
    "th,td{padding:.4rem .55rem;text-align:right;white-space:nowrap;vertical-align:bottom;"
    "border-bottom:1px solid var(--line)}th{color:var(--dim);font-weight:500;white-space:normal}"
    ".name{text-align:left}th:first-child,td:first-child{padding-left:0}"
    "th:last-child,td:last-child{padding-right:0}\n"
    ".pairs td{white-space:normal;overflow-wrap:anywhere}.pairs{width:100%}\n"
    "svg.plot{display:block;width:100%;height:auto;max-width:44rem;margin:2.4rem 0;overflow:visible}"
    "svg .head,svg .label,svg .tick{fill:var(--ink)}svg .tick{fill:var(--dim)}svg .paper{fill:none}"
    "svg .end{fill:var(--ink);stroke:var(--bg)}svg .grid{stroke:var(--line)}"
    "svg .axis,svg .rule{stroke:var(--dim)}svg .s0{stroke:var(--c0);fill:var(--c0)}"
    "svg .s1{stroke:var(--c1);fill:var(--c1)}svg .s2{stroke:var(--c2);fill:var(--c2)}"
    "svg .s3{stroke:var(--c3);fill:var(--c3)}svg .s4{stroke:var(--c4);fill:var(--c4)}"
    "svg .s5{stroke:var(--c5);fill:var(--c5)}svg .q0{stroke:var(--q0);fill:var(--q0)}"
    "svg .q1{stroke:var(--q1);fill:var(--q1)}svg .q2{stroke:var(--q2);fill:var(--q2)}"
    "svg .q3{stroke:var(--q3);fill:var(--q3)}svg .q4{stroke:var(--q4);fill:var(--q4)}"
    "svg .q5{stroke:var(--q5);fill:var(--q5)}svg .q6{stroke:var(--q6);fill:var(--q6)}"
    "svg .q7{stroke:var(--q7);fill:var(--q7)}svg .band{stroke:none}svg .mark{stroke:var(--ink)}"
    "svg .on{fill:var(--bg)}\n"
    "figure{margin:0;min-width:0}figure svg.plot{margin:1.2rem 0 .4rem}"
    "figcaption{font-size:.9rem;max-width:44rem}\n"
    "@media(max-width:34rem){svg.plot{font-size:19px}svg .head{font-size:24px}svg .end{font-size:16px}"
    "table{font-size:.82rem}th,td{padding:.35rem .45rem}}\n"
    "pre{background:var(--card);border-radius:.5rem;padding:1rem;overflow-x:auto;font-size:.85rem;"
    "line-height:1.45}\n"
    "dt{font-weight:600;margin-top:.6rem}dd{margin:0;color:var(--dim)}\n"
    /* while runs go on: how far one is, and a cell for each */
    ".bar{height:.5rem;border-radius:.25rem;background:var(--line);overflow:hidden}"
    ".bar i{display:block;height:100%;background:var(--c0)}\n"
    ".cells{display:flex;flex-wrap:wrap;gap:.25rem;margin:1rem 0}"
    ".cells i{width:1rem;height:1rem;border-radius:.2rem;background:var(--line)}"
    ".cells .done{background:var(--c2)}.cells .unfinished{background:var(--c0)}"
    ".cells .failed,.cells .diverged,.cells .unreadable{background:var(--c4)}\n";

/* Additional rules for a sweep's page: tables that sort, and a config for every run. */
static const char sweep_style[] =
    "body{max-width:76rem}p,.says,dl{max-width:54rem}\n"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));"
    "gap:1.6rem 2.4rem;margin:0 0 1.6rem}.laws{margin-top:1.4rem}.says p{margin:.2rem 0}"
    "details{margin:.3rem 0}td details{margin:0}\n"
    ".tall{max-height:85vh;overflow:auto}"
    ".tall thead th{position:sticky;top:0;background:var(--bg);z-index:1}\n"
    "th button{all:unset;cursor:pointer}"
    "th button:focus-visible,summary:focus-visible{outline:2px solid var(--c0);outline-offset:2px}"
    "th button{position:relative}"
    "th button::after{content:'\\2195';position:absolute;left:100%;margin-left:.1em;opacity:.35}"
    "th[aria-sort=ascending] button::after{content:'\\2191';opacity:1}"
    "th[aria-sort=descending] button::after{content:'\\2193';opacity:1}\n"
    ".sort td{vertical-align:top}"
    "td pre{white-space:pre-wrap;text-align:left;margin:.4rem 0;padding:.6rem .8rem;"
    "max-width:min(26rem,80vw)}td.why{white-space:normal;min-width:14rem;text-align:left}\n"
    ".pairs{width:auto;max-width:100%}.pairs code{white-space:nowrap}.pairs td{vertical-align:top}"
    ".pairs .state{white-space:nowrap}tfoot td{color:var(--dim)}tfoot .name{white-space:normal}"
    "@media(max-width:34rem){.reasons th{display:none}"
    ".reasons tr{display:grid;grid-template-columns:1fr auto}"
    ".reasons td:nth-child(-n+2){border:0;padding-bottom:0}"
    ".reasons td:last-child{grid-column:1/3;padding-left:0}}tr.best td{font-weight:600}\n"
    "summary{cursor:pointer}tr.failed,tr.diverged,tr.unreadable{color:var(--c4)}"
    "tr.unfinished{color:var(--dim)}\n"
    "code{font-size:.9em;overflow-wrap:anywhere}\n";

/* Sorts by the first number of a cell; by its text if the column has class "name"; in the original order if it also
 * has class "order". Unknown values come last in either direction. The buttons are made by the script, so without
 * scripts there are none. */
static const char script[] =
    "for(const t of document.querySelectorAll('table.sort')){const body=t.tBodies[0],first=[...body.rows];"
    "[...t.tHead.rows[0].cells].forEach((th,k)=>{const b=document.createElement('button');"
    "b.append(...th.childNodes);th.append(b);const order=th.classList.contains('order'),"
    "text=!order&&th.classList.contains('name');"
    "b.onclick=()=>{const up=th.getAttribute('aria-sort')!='ascending';"
    "for(const o of t.tHead.rows[0].cells)o.removeAttribute('aria-sort');"
    "th.setAttribute('aria-sort',up?'ascending':'descending');"
    "const key=r=>{if(order)return first.indexOf(r);const "
    "d=r.cells[k],s=(d.querySelector('summary')||d).textContent.trim();"
    "if(text)return s;return parseFloat(s.replace(/,/g,'').replace('\\u2212','-'))};"
    "[...body.rows].map(r=>[key(r),r]).sort(([a],[b])=>{"
    "if(text)return(up?1:-1)*a.localeCompare(b,undefined,{numeric:true});"
    "if(a!=a||b!=b)return(a!=a)-(b!=b);return up?a-b:b-a}).forEach(([,r])=>body.append(r))}})}\n";

/* The place is kept by the session of the tab, as not every browser does so of its own. %d: milliseconds. */
static const char live_script[] =
    "addEventListener('DOMContentLoaded',()=>{const s=sessionStorage,k='rote '+location.pathname;"
    "scrollTo(0,+s.getItem(k)||0);"
    "setInterval(()=>{if(document.hidden)return;s.setItem(k,scrollY);location.reload()},%d)});\n";

void page_begin(FILE *out, const char *title, unsigned flags) {
    bool sorts = flags & PAGE_SORTS, live = flags & PAGE_LIVE;
    fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'",
          out);
    if (sorts || live) fputs("; script-src 'unsafe-inline'", out);
    fputs("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" REPORT_MARK
          "\n<title>",
          out);
    write_escaped(out, title);
    fprintf(out, "</title>\n<style>\n%s%s</style>\n<body>\n<h1>", style, sorts ? sweep_style : "");
    write_escaped(out, title);
    fputs("</h1>\n", out);
    if (sorts) fprintf(out, "<script>\naddEventListener('DOMContentLoaded',()=>{%s});\n</script>\n", script);
    if (live)
        fprintf(out, "<script>\n"), fprintf(out, live_script, PAGE_SECONDS * 1000), fputs("</script>\n", out);
}

void page_end(FILE *out, bool capacity) {
    fputs(
        "<h2>How to read the figures</h2>\n<dl>\n"
        "<dt>Data bits</dt><dd>The exact information content of the facts, in the order drawn.</dd>\n"
        "<dt>Memorized bits</dt><dd>Data bits less what the facts cost to code with the model, every token "
        "counted, the first one too. Negative where the model codes worse than chance.</dd>\n"
        "<dt>Code bits</dt><dd>What the facts cost to code with the model. Nobody knows the information "
        "content of imported facts, so two baselines are shown beside it: the answers alone, coded by how often "
        "each occurs, and everything as zlib packs it.</dd>\n"
        "<dt>Ceiling</dt><dd>The most that memorized bits can reach: a model that codes facts one at a "
        "time still pays log<sub>2</sub>&nbsp;N bits to say which of the N it is.</dd>\n"
        "<dt>Recall</dt><dd>Share of facts whose answer is what greedy decoding continues their prompt "
        "with; a fact without a prompt has its shortest unique prefix as prompt.</dd>\n"
        "<dt>Verdict</dt><dd><i>annealed</i>: the schedule ran to its end, which alone does not show "
        "convergence. <i>stopped</i>: a stop condition held. A single run never shows a capacity.</dd>\n",
        out);
    if (capacity)
        fputs(
            "<dt>Plateau</dt><dd>What a model holds when it is given more facts than it can hold: the mean "
            "over the runs whose facts are at least 1.2 times that, at the longest budget.</dd>\n"
            "<dt>Saturated</dt><dd>Three sizes of fact sets beyond 1.5 times the plateau, over a factor of "
            "four, agree within 3 %, and four times the data change it by less than 3 %: more facts do not "
            "lift it.</dd>\n"
            "<dt>Converged</dt><dd>Doubling the budget, with a schedule of its own, changes it by less than "
            "1 %: longer training does not lift it. Without both, or where a seed stands out, the plateau is "
            "a <i>lower bound only</i>.</dd>\n"
            "<dt>Unstable</dt><dd>Doubling the budget loses more than 1 %: the learning rate is too "
            "high.</dd>\n"
            "<dt>Slope</dt><dd>The mean of plateau over parameters, every architecture one draw; the "
            "interval is Student&#39;s over architectures and seeds, 95 %.</dd>\n",
            out);
    fputs("</dl>\n<footer>Made by rote. Reference slopes: Allen-Zhu &amp; Li 2024, arXiv:2404.05405; Morris "
          "et al. 2025, arXiv:2505.24832.</footer>\n</body>\n</html>\n",
          out);
}

const char *page_number(char out[48], double v, int decimals) {
    char plain[40];
    if (!isfinite(v)) return "\u2013";
    if (fabs(v) > 1e17) {
        snprintf(out, 48, "%s%.6g", v < 0 ? "\u2212" : "", fabs(v));
        return out;
    }
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(v));
    size_t whole = strcspn(plain, "."), used = 0;
    if (v < 0 && strspn(plain, "0.") < strlen(plain)) used = (size_t)snprintf(out, 48, "\u2212");
    for (size_t i = 0; plain[i]; i++) {
        if (i && i < whole && (whole - i) % 3 == 0) out[used++] = ',';
        out[used++] = plain[i];
    }
    out[used] = 0;
    return out;
}

void page_cell(FILE *out, double v, int decimals) {
    char text[48];
    fprintf(out, "<td>%s</td>", page_number(text, v, decimals));
}

void page_text_cell(FILE *out, const char *text) {
    fputs("<td class=\"name\">", out);
    write_escaped(out, text);
    fputs("</td>", out);
}

void page_card(FILE *out, const char *label, const char *value) {
    fputs("<div><b>", out);
    write_escaped(out, value);
    fputs("</b><span>", out);
    write_escaped(out, label);
    fputs("</span></div>\n", out);
}
