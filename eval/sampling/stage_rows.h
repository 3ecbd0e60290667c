/* The stages of a sampling chain, in llama.cpp's order, each followed by its parameters:
 *   STAGE(name, function, help)
 *   PARAMETER(stage, name, other names, initial value, minimum, maximum, whole number, help)
 * The first parameter of a stage is its main one: a stage that is named without a value is off, or at llama.cpp's
 * default. Stage and parameter names are llama.cpp's where it has the stage. No include guard: the table is read
 * several times (stage.h, chain.c). */
STAGE(logit_bias, stage_logit_bias, "adds to the logits of tokens: logit_bias=TOKEN:BIAS,..")
STAGE(
    penalties, stage_penalties,
    "lowers tokens of the last penalty_last_n: logit > 0 divided by repeat_penalty, else multiplied (Keskar et al. "
    "2019, 1909.05858), then minus count * frequency_penalty and presence_penalty")
PARAMETER(penalties, repeat_penalty, "repetition_penalty", 1, 0.01, 100, false, "1: off")
PARAMETER(penalties, frequency_penalty, "", 0, -100, 100, false,
          "subtracted once for each time that a token occurred")
PARAMETER(penalties, presence_penalty, "", 0, -100, 100, false, "subtracted where a token occurred")
PARAMETER(penalties, penalty_last_n, "repeat_last_n", 64, -1, 1e9, true, "tokens that are looked at; -1: all")
STAGE(dry, stage_dry,
      "lowers the token that would go on a repetition of m >= dry_allowed_length tokens by "
      "dry_multiplier * dry_base^(m - dry_allowed_length)")
PARAMETER(dry, dry_multiplier, "", 0, 0, 100, false, "0: off")
PARAMETER(dry, dry_base, "", 1.75, 1, 100, false, "growth with each token of the repetition")
PARAMETER(dry, dry_allowed_length, "", 2, 1, 1e6, true, "repetitions shorter than this are free")
PARAMETER(dry, dry_penalty_last_n, "", -1, -1, 1e9, true, "tokens that are looked at; -1: all")
STAGE(
    top_n_sigma, stage_top_n_sigma,
    "keeps logits within n standard deviations (of the population) of the largest (Tang et al. 2024, 2411.07641)")
PARAMETER(top_n_sigma, top_n_sigma, "", -1, -1, 1e6, false, "0 or below: off")
STAGE(top_k, stage_top_k,
      "keeps the k largest; of equal logits the lower token (Fan et al. 2018, 1805.04833)")
PARAMETER(top_k, top_k, "", 0, 0, 1e9, true, "0: off")
STAGE(
    kstar, stage_kstar,
    "keeps the logits that stand out of a normal law (k*); where none does, as many as hold the mass kstar when all "
    "logits are normal (see docs/formats.md)")
PARAMETER(kstar, kstar, "k_star", 0, 0, 1, false, "0: off")
STAGE(
    tail_free, stage_tail_free,
    "cuts where the second difference of the sorted probabilities has spent a share z (Phenix and Egan 2019)")
PARAMETER(tail_free, tail_free, "tfs_z tfs", 1, 0, 1, false, "1: off")
STAGE(
    typical_p, stage_typical_p,
    "keeps those whose surprise is nearest to the entropy, until their mass exceeds p (Meister et al. 2022, "
    "2202.00666)")
PARAMETER(typical_p, typical_p, "typ_p typical", 1, 0, 1, false, "1: off")
STAGE(top_p, stage_top_p, "keeps the fewest whose mass is at least p (Holtzman et al. 2020, 1904.09751)")
PARAMETER(top_p, top_p, "nucleus", 1, 0, 1, false, "1: off")
STAGE(min_p, stage_min_p, "keeps p >= min_p times the largest p (Nguyen et al. 2024, 2407.01082)")
PARAMETER(min_p, min_p, "", 0, 0, 1, false, "0: off")
STAGE(epsilon, stage_epsilon, "keeps p >= epsilon, at least the largest (Hewitt et al. 2022, 2210.15191)")
PARAMETER(epsilon, epsilon, "epsilon_cutoff", 0, 0, 1, false, "0: off")
STAGE(
    eta, stage_eta,
    "keeps p >= min(eta, sqrt(eta) e^-H), H the entropy, at least the largest (Hewitt et al. 2022, 2210.15191)")
PARAMETER(eta, eta, "eta_cutoff", 0, 0, 1, false, "0: off")
STAGE(p_less, stage_p_less,
      "keeps p >= the sum of p^2, the chance that two draws agree (Tan et al. 2025, 2509.23234)")
PARAMETER(p_less, p_less, "", 0, 0, 1, true, "0: off, 1: on")
STAGE(xtc, stage_xtc,
      "with xtc_probability cuts all of p >= xtc_threshold but the least likely, where there are two or more")
PARAMETER(xtc, xtc_probability, "", 0, 0, 1, false, "0: off")
PARAMETER(xtc, xtc_threshold, "", 0.1, 0, 1, false, "above 0.5: off")
STAGE(smoothing, stage_smoothing,
      "logit = max - k factor d^2 + s factor d^3, d = logit - max, k = (3 - curve) / 2, s = (curve - 1) / 2")
PARAMETER(smoothing, smoothing_factor, "", 0, 0, 100, false, "0: off")
PARAMETER(smoothing, smoothing_curve, "", 1, 1, 3, false, "1: quadratic, 3: cubic")
STAGE(
    temperature, stage_temperature,
    "divides logits by T; 0: keeps the largest. With dynatemp_range r, T = max(0, T - r) + (T + r - max(0, T - r)) "
    "(H / ln n)^dynatemp_exponent for n candidates of entropy H")
PARAMETER(temperature, temperature, "temp", 1, 0, 1e6, false, "1: unchanged")
PARAMETER(temperature, dynatemp_range, "", 0, 0, 1e6, false, "0: the same T at every entropy")
PARAMETER(temperature, dynatemp_exponent, "", 1, 0, 100, false, "how T follows the entropy")
STAGE(
    mirostat, stage_mirostat,
    "keeps tokens whose surprise in bits is at most mu, which follows the surprise that was drawn towards mirostat_tau "
    "(Basu et al. 2021, 2007.14966)")
PARAMETER(mirostat, mirostat, "", 0, 0, 2, true,
          "0: off; 1: k by Zipf's law; 2: by the surprise of each token")
PARAMETER(mirostat, mirostat_tau, "mirostat_ent", 5, 0, 100, false, "target surprise in bits")
PARAMETER(mirostat, mirostat_eta, "mirostat_lr", 0.1, 0, 10, false, "how fast mu follows")
STAGE(
    contrastive, stage_contrastive,
    "of the contrastive_k largest keeps the one of largest (1 - a) p - a s, a = contrastive_alpha, s the largest "
    "cosine between its hidden state and those of the tokens before (Su et al. 2022, 2202.06417)")
PARAMETER(contrastive, contrastive_alpha, "penalty_alpha", 0, 0, 1, false, "0: off")
PARAMETER(contrastive, contrastive_k, "", 4, 1, 1e9, true, "tokens that are compared, a decoding step each")
