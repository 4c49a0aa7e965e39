package io.consilium.adapters.worker;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One LoRA adapter that does exactly what several do together, each at a weight, for engines that
 * mix none (vLLM, SGLang). Ranks are set side by side: with Aᵢ of rᵢ rows stacked, and wᵢ·sᵢ·Bᵢ
 * beside each other, the product is Σ wᵢ·sᵢ·Bᵢ·Aᵢ. Its rank is the sum of theirs, which the engine
 * has to allow (vLLM's {@code --max-lora-rank}). Reads and writes folders as PEFT does.
 */
public final class MergedAdapter {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private MergedAdapter() {}

  /** One adapter as PEFT keeps it. */
  private record Part(
      Path folder, double weight, JsonNode config, Map<String, Safetensors.Matrix> matrices) {
    int rank() {
      return config.path("r").asInt(0);
    }

    /** PEFT's scale: α / r, or α / √r where it is stabilised by rank. */
    double scale() {
      double alpha = config.path("lora_alpha").asDouble(rank());
      return config.path("use_rslora").asBoolean(false)
          ? alpha / Math.sqrt(rank())
          : alpha / rank();
    }
  }

  /**
   * Writes the merged adapter.
   *
   * @param parts folders of adapters of one base, each with its weight; weights need not sum to 1
   * @param target a folder that is made; must not hold an adapter
   * @return its rank
   * @throws ExpertException {@code INVALID_REQUEST} that names the folder and what is wrong; {@code
   *     CONFIGURATION} when the target cannot be written, after which nothing is left there
   * @throws IOException when files cannot be read
   */
  public static int write(Map<Path, Double> parts, Path target) throws IOException {
    if (parts.isEmpty()) {
      throw ExpertException.invalid("adapter", "name one adapter or more");
    }
    if (Files.exists(target.resolve(WEIGHTS))) {
      throw ExpertException.invalid(
          "out", "%s holds an adapter already; name another folder".formatted(target));
    }
    List<Part> all = new ArrayList<>();
    for (var each : parts.entrySet()) {
      all.add(read(each.getKey(), each.getValue()));
    }
    var first = all.getFirst();
    var base = first.config.path("base_model_name_or_path").asString("");
    for (var part : all) {
      var other = part.config.path("base_model_name_or_path").asString("");
      if (!other.equals(base)) {
        throw ExpertException.invalid(
            "adapter",
            "%s is for '%s' and %s for '%s': adapters of one base are merged"
                .formatted(first.folder, base, part.folder, other));
      }
    }
    int rank = all.stream().mapToInt(Part::rank).sum();
    Map<String, Safetensors.Matrix> merged = new TreeMap<>();
    for (var module : modules(all).entrySet()) {
      merge(module.getKey(), module.getValue(), all, rank, merged);
    }
    keep(merged, config(all, rank), target);
    return rank;
  }

  private static void keep(Map<String, Safetensors.Matrix> merged, JsonNode config, Path target)
      throws IOException {
    try {
      Files.createDirectories(target);
      Safetensors.write(target.resolve(WEIGHTS), merged);
      Files.writeString(
          target.resolve(CONFIG),
          Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(config));
    } catch (IOException e) {
      // half an adapter would look like one, and stand in the way of the next try
      Files.deleteIfExists(target.resolve(WEIGHTS));
      Files.deleteIfExists(target.resolve(CONFIG));
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "the merged adapter cannot be written to %s: %s".formatted(target, e.getMessage()),
          e);
    }
  }

  private static Part read(Path folder, double weight) throws IOException {
    if (Double.isNaN(weight) || Double.isInfinite(weight)) {
      throw ExpertException.invalid("adapter", "the weight of %s is no number".formatted(folder));
    }
    JsonNode config;
    Map<String, Safetensors.Matrix> matrices;
    try {
      config = Json.MAPPER.readTree(Files.readString(folder.resolve(CONFIG)));
      matrices = Safetensors.read(folder.resolve(WEIGHTS));
    } catch (NoSuchFileException e) {
      throw ExpertException.invalid(
          "adapter",
          "%s is missing: an adapter is a folder with %s and %s"
              .formatted(e.getFile(), CONFIG, WEIGHTS));
    } catch (JacksonException e) {
      throw ExpertException.invalid("adapter", "%s is no JSON".formatted(folder.resolve(CONFIG)));
    }
    var part = new Part(folder, weight, config, matrices);
    if (part.rank() < 1) {
      throw refused(part, "its 'r' is not 1 or more");
    }
    for (var unlike : List.of("use_dora", "modules_to_save", "rank_pattern", "alpha_pattern")) {
      var value = config.path(unlike);
      if (value.isBoolean() ? value.asBoolean() : value.isContainer() && !value.isEmpty()) {
        throw refused(part, "it has '%s', which does not add up".formatted(unlike));
      }
    }
    if (!config.path("bias").asString("none").equals("none")) {
      throw refused(part, "it changes biases");
    }
    for (var name : matrices.keySet()) {
      if (!name.endsWith(A) && !name.endsWith(B)) {
        throw refused(part, "it holds '%s', which is no part of LoRA".formatted(name));
      }
    }
    return part;
  }

  /** Every module that some adapter changes, and the inputs and outputs it has. */
  private static Map<String, int[]> modules(List<Part> all) {
    Map<String, int[]> modules = new LinkedHashMap<>();
    for (var part : all) {
      part.matrices.forEach((name, a) -> {
        if (name.endsWith(A)) {
          var module = name.substring(0, name.length() - A.length());
          var b = part.matrices.get(module + B);
          if (b == null || a.rows() != part.rank() || b.columns() != part.rank()) {
            throw refused(
                part, "'%s' has no two matrices of rank %d".formatted(module, part.rank()));
          }
          var known = modules.putIfAbsent(module, new int[] {a.columns(), b.rows()});
          if (known != null && (known[0] != a.columns() || known[1] != b.rows())) {
            throw refused(
                part, "'%s' has another size than in %s".formatted(module, all.getFirst().folder));
          }
        }
      });
    }
    return modules;
  }

  /** An adapter that leaves a module alone adds zeros, so that the rank is the same everywhere. */
  private static void merge(
      String module, int[] size, List<Part> all, int rank, Map<String, Safetensors.Matrix> into) {
    int inputs = size[0];
    int outputs = size[1];
    var down = new float[rank * inputs];
    var up = new float[outputs * rank];
    int at = 0;
    for (var part : all) {
      var a = part.matrices.get(module + A);
      var b = part.matrices.get(module + B);
      if (a != null && b != null) {
        System.arraycopy(a.values(), 0, down, at * inputs, a.values().length);
        double factor = part.weight * part.scale();
        for (int out = 0; out < outputs; out++) {
          for (int r = 0; r < part.rank(); r++) {
            up[out * rank + at + r] = (float) (factor * b.values()[out * part.rank() + r]);
          }
        }
      }
      at += part.rank();
    }
    into.put(module + A, new Safetensors.Matrix(rank, inputs, down));
    into.put(module + B, new Safetensors.Matrix(outputs, rank, up));
  }

  private static JsonNode config(List<Part> all, int rank) {
    var config = Json.object();
    config.put("peft_type", "LORA");
    config.put(
        "base_model_name_or_path",
        all.getFirst().config.path("base_model_name_or_path").asString(""));
    config.put("task_type", all.getFirst().config.path("task_type").asString("CAUSAL_LM"));
    config.put("r", rank).put("lora_alpha", rank); // the scales are in the weights
    config.put("lora_dropout", 0).put("bias", "none").put("inference_mode", true);
    var modules = config.putArray("target_modules");
    all.stream()
        .flatMap(part -> part.config.path("target_modules").valueStream())
        .map(module -> module.asString(""))
        .distinct()
        .sorted()
        .forEach(modules::add);
    return config;
  }

  private static ExpertException refused(Part part, String why) {
    return ExpertException.invalid(
        "adapter", "%s cannot be merged: %s".formatted(part.folder, why));
  }
}
