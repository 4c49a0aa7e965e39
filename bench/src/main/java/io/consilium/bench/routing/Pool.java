package io.consilium.bench.routing;

import io.consilium.router.records.DataFolder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Experts that compete on one data set. Members keep the order of {@code models.csv}. */
public enum Pool {
  SMALL_11(
      DataFolder.MMLU_PRO,
      "Llama-2-7b-hf Meta-Llama-3-8B Meta-Llama-3_1-8B-Instruct Mistral-7B-Instruct-v0.2"
          + " Mistral-7B-v0.1 Phi-3-mini-4k-instruct Qwen1.5-7B-Chat Yi-6B Yi-6b-Chat gemma-7b"
          + " mathstral-7B"),
  MID_10(
      DataFolder.MMLU_PRO,
      "DeepSeek-Coder-V2 Meta-Llama-3-70B Meta-Llama-3_1-70B-Instruct Qwen1.5-110B"
          + " Qwen1.5-72B-Chat Yi-34B Mixtral-8x7B-Instruct-v0.1 jamba-1.5-large"
          + " gemini-1.5-flash-002 mathstral-7B"),
  /** All 29 on MMLU-Pro. */
  MMLU_ALL_29(DataFolder.MMLU_PRO, ""),
  COMMON_29(DataFolder.ZEROEVAL, Common.MEMBERS + " o1-mini-2024-09-12"),
  /** Without o1-mini, whose hidden reasoning makes its price proxy too low. */
  NO_O1_28(DataFolder.ZEROEVAL, Common.MEMBERS),
  SMALL_10(
      DataFolder.ZEROEVAL,
      "Meta-Llama-3-8B-Instruct Meta-Llama-3.1-8B-Instruct Phi-3.5-mini-instruct"
          + " Qwen2-7B-Instruct Yi-1.5-9B-Chat gemma-2-2b-it gemma-2-9b-it gpt-3.5-turbo-0125"
          + " claude-3-haiku-20240307 reka-core-20240501"),
  /** A weak and a strong expert; one threshold decides. */
  ROUTELLM_MMLU(DataFolder.ROUTELLM_MMLU, "weak strong"),
  ROUTELLM_GSM8K(DataFolder.ROUTELLM_GSM8K, "weak strong");

  private static final class Common {
    private static final String MEMBERS =
        "Athene-70B claude-3-5-haiku-20241022 claude-3-5-sonnet-20240620"
            + " claude-3-5-sonnet-20241022 claude-3-haiku-20240307 claude-3-opus-20240229"
            + " deepseek-v2.5-0908 gemini-1.5-flash gemini-1.5-pro gemma-2-27b-it gemma-2-2b-it"
            + " gemma-2-9b-it gpt-3.5-turbo-0125 gpt-4o-2024-05-13 gpt-4o-2024-08-06"
            + " gpt-4o-mini-2024-07-18 Llama-3.1-405B-Inst@sambanova Meta-Llama-3-70B-Instruct"
            + " Meta-Llama-3-8B-Instruct Meta-Llama-3.1-70B-Instruct Meta-Llama-3.1-8B-Instruct"
            + " Mistral-Large-2 Phi-3.5-mini-instruct Qwen2-72B-Instruct Qwen2-7B-Instruct"
            + " reka-core-20240501 Yi-1.5-34B-Chat Yi-1.5-9B-Chat";
  }

  /** Where its records are. */
  public final DataFolder data;

  private final String members; // separated by spaces; empty for all on record

  Pool(DataFolder data, String members) {
    this.data = data;
    this.members = members;
  }

  /** Its name in options and reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its experts among those on record, in the order of the records. */
  public List<String> among(List<String> recorded) {
    if (members.isEmpty()) {
      return recorded;
    }
    List<String> wanted = List.of(members.split(" "));
    // those on record in their order; then those that are missing, so that they are named
    return Stream.concat(
            recorded.stream().filter(wanted::contains),
            wanted.stream().filter(member -> !recorded.contains(member)))
        .toList();
  }

  /** Whether one expert is the weak and the other the strong one. */
  boolean pair() {
    return data == DataFolder.ROUTELLM_MMLU || data == DataFolder.ROUTELLM_GSM8K;
  }

  /**
   * What one unit of cost is to the planner in US dollars. Cost units of a parameter proxy are
   * brought near market prices (a cent per million tokens and billion parameters), so that the same
   * settings of λ sweep every pool; the area under the curve does not depend on it.
   */
  public double dollars() {
    return data == DataFolder.MMLU_PRO ? 1e-8 : 1;
  }

  /** The pool of that name. */
  public static Pool of(String word) {
    return Arrays.stream(values())
        .filter(pool -> pool.word().equals(word))
        .findAny()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no pool is called '%s'; there are %s".formatted(word, words())));
  }

  /** All names. */
  public static String words() {
    return Arrays.stream(values()).map(Pool::word).collect(Collectors.joining(", "));
  }
}
