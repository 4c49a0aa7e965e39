package io.consilium.expert.classifier;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A multinomial logistic regression on a vector: the embedding of a text, or features of a signal.
 * Immutable and a few kilobytes; its cost is that of the vector. For labels that show in what a
 * text is about or in what a feature measures; where it takes reasoning, ask a language model.
 */
public final class LinearClassifier {
  private static final int MAGIC = 0x434C5458;
  private static final int FORMAT = 1;

  private final List<String> labels;
  private final String space;
  private final float[][] weights;
  private final float[] biases;
  private final float temperature;

  /** A label and how likely it is. */
  public record Guess(String label, double probability) {}

  /**
   * @param labels what it tells apart
   * @param space names the vectors it was fitted on, such as an embedder's id
   * @param weights per label
   * @param biases per label
   * @param temperature the logits are divided by this, so that probabilities mean what they say
   */
  LinearClassifier(
      List<String> labels, String space, float[][] weights, float[] biases, float temperature) {
    this.labels = List.copyOf(labels);
    this.space = space;
    this.weights = weights;
    this.biases = biases;
    this.temperature = temperature;
  }

  /** What it tells apart. */
  public List<String> labels() {
    return labels;
  }

  /** Names the vectors it reads. */
  public String space() {
    return space;
  }

  /** The labels with their calibrated probabilities, likeliest first; they sum to 1. */
  public List<Guess> guesses(float[] vector) {
    var probabilities = softmax(logits(vector), temperature);
    return IntStream.range(0, labels.size())
        .mapToObj(i -> new Guess(labels.get(i), probabilities[i]))
        .sorted((a, b) -> Double.compare(b.probability(), a.probability()))
        .toList();
  }

  double[] logits(float[] vector) {
    return logits(vector, weights, biases);
  }

  static double[] logits(float[] vector, float[][] weights, float[] biases) {
    var logits = new double[biases.length];
    for (int label = 0; label < logits.length; label++) {
      double sum = biases[label];
      for (int i = 0; i < vector.length; i++) {
        sum += weights[label][i] * vector[i];
      }
      logits[label] = sum;
    }
    return logits;
  }

  static double[] softmax(double[] logits, double temperature) {
    double top = Double.NEGATIVE_INFINITY;
    for (var logit : logits) {
      top = Math.max(top, logit);
    }
    double sum = 0;
    var shares = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      shares[i] = StrictMath.exp((logits[i] - top) / temperature);
      sum += shares[i];
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** Writes the model; the same model is the same bytes. */
  public void save(OutputStream to) throws IOException {
    var out = new DataOutputStream(to);
    out.writeInt(MAGIC);
    out.writeShort(FORMAT);
    out.writeUTF(space);
    out.writeShort(weights[0].length);
    out.writeFloat(temperature);
    out.writeShort(labels.size());
    for (int label = 0; label < labels.size(); label++) {
      out.writeUTF(labels.get(label));
      out.writeFloat(biases[label]);
      for (var weight : weights[label]) {
        out.writeFloat(weight);
      }
    }
    out.flush();
  }

  /**
   * Reads a model that {@link #save} wrote.
   *
   * @param name of the source, for errors
   * @param space names the vectors it will be given
   * @throws ExpertException {@code CONFIGURATION} when it is no such model, one of another release,
   *     or one for other vectors
   */
  public static LinearClassifier load(InputStream from, String name, String space) {
    LinearClassifier model;
    try {
      model = read(new DataInputStream(from), name);
    } catch (IOException e) {
      throw broken(name, "is cut off or damaged", e);
    }
    if (!model.space.equals(space)) {
      throw broken(
          name,
          "was fitted on vectors of '%s', and '%s' is in use".formatted(model.space, space),
          null);
    }
    return model;
  }

  private static LinearClassifier read(DataInputStream in, String name) throws IOException {
    if (in.readInt() != MAGIC) {
      throw broken(name, "is no Consilium classifier", null);
    }
    int format = in.readUnsignedShort();
    if (format != FORMAT) {
      throw broken(
          name, "has format %d, and this release reads %d".formatted(format, FORMAT), null);
    }
    var space = in.readUTF();
    int dimension = in.readUnsignedShort();
    float temperature = in.readFloat();
    int count = in.readUnsignedShort();
    List<String> labels = new ArrayList<>();
    var weights = new float[count][dimension];
    var biases = new float[count];
    for (int label = 0; label < count; label++) {
      labels.add(in.readUTF());
      biases[label] = in.readFloat();
      for (int i = 0; i < dimension; i++) {
        weights[label][i] = in.readFloat();
      }
    }
    return new LinearClassifier(labels, space, weights, biases, temperature);
  }

  private static ExpertException broken(String name, String what, @Nullable Throwable cause) {
    return new ExpertException(
        FailureKind.CONFIGURATION,
        "the classifier %s %s: train it again with this release".formatted(name, what),
        cause);
  }
}
