package io.consilium.bench.routing;

/** What others published, on other data unless said; never to be read as measured here. */
final class Published {
  static final String MARKDOWN =
      """
      ## Published, other data

      Not measured here, and on other questions and experts, but for RouteLLM's own records. They tell the size of
      the effects to expect, not who is better.

      | source | what | figures |
      |---|---|---|
      | IrtNet (arXiv 2510.00844), EmbedLLM data, 112 models | routing accuracy, micro | RouterDC .549, MODEL-SAT .567, EmbedLLM .602, Avengers-Pro .621, IrtNet .674 |
      | the same | forecast accuracy | EmbedLLM .706, IrtNet .722 |
      | LOCUS (arXiv 2601.21082), re-measured on 1,024 samples | routing / forecast | LOCUS .647 / .700, IrtNet .634 / .701, EmbedLLM .596 / – |
      | IRT-Router (ACL 2025), 20 models | accuracy at cost | MIRT .807 at $0.42, RouterBench's router .800 at $1.15, GPT-4o .775 at $12.93 |
      | LLMRouterBench (arXiv 2601.07206), 20 models of about 7B | accuracy | random .488, RouterDC .613, GraphRouter .703, EmbedLLM .712, MODEL-SAT .719, Avengers .719, task oracle .731, oracle .916 |
      | the same, cost setting | PerfGain / CostSave | RouteLLM .026 / .114, GraphRouter .028 / –.197, Avengers-Pro .040 / .317, oracle .299 / .817 |
      | Avengers, ten 7B models | accuracy | best single .609, RouterDC .647, EmbedLLM .692, Avengers .705, oracle .837 |
      | RouterBench (arXiv 2403.12031), 11 models | finding | kNN and MLP routers do not clearly beat the hull of single models |
      | RouteLLM (arXiv 2406.18665), MMLU, **the records of `routellm-mmlu`**, trained on preferences and gold labels | APGR | best .603; with preferences only about .50 |
      | FrugalGPT (arXiv 2305.05176) | saving at the best single model's accuracy | 59 % to 98 % |

      Rows here are trained on labels of the same questions' distribution, which the published RouteLLM routers were
      not: the table with the subject given already passes .603.
      """;

  private Published() {}
}
