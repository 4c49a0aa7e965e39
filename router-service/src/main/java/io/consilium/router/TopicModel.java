package io.consilium.router;

import io.consilium.expert.ExpertException;
import io.consilium.expert.FailureKind;
import io.consilium.expert.index.DotProduct;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A small taxonomy of what assistants are asked: about ninety topics, most of which no given roster
 * covers. A softmax regression on the embedding tells a question's topics; prototype phrases tell
 * which topics a card covers. So a terse card is found by questions phrased in other words, and a
 * question about something nobody covers is seen as such instead of falling to the least bad
 * expert.
 *
 * <p>Fitted by {@code bench cold-routing --fit} from {@code topics.tsv}; no outcome of any expert
 * is in it. Bound to the embedder it was fitted with.
 *
 * @param embedder the id of that embedder
 * @param dimension of its vectors
 * @param names of the topics
 * @param prototypes per topic, flat: the name's vector, then those of typical phrases
 * @param weights flat: one row of {@code dimension} per topic
 * @param biases one per topic
 */
public record TopicModel(
    String embedder,
    int dimension,
    List<String> names,
    List<float[]> prototypes,
    float[] weights,
    float[] biases) {
  private static final String RESOURCE = "topics.bin";

  public TopicModel {
    names = List.copyOf(names);
    prototypes = List.copyOf(prototypes);
    if (prototypes.size() != names.size()
        || biases.length != names.size()
        || weights.length != names.size() * dimension) {
      throw new IllegalArgumentException("the parts of a topic model must fit each other");
    }
  }

  /** The shipped model. */
  public static TopicModel shipped() {
    try (var stream = TopicModel.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IOException("it is not on the class path");
      }
      return read(new DataInputStream(new BufferedInputStream(stream)));
    } catch (IOException e) {
      throw new ExpertException(
          FailureKind.CONFIGURATION, RESOURCE + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** P(topic) of a question, in the order of {@link #names}; sums to 1. */
  double[] posterior(float[] question) {
    double[] scores = new double[biases.length];
    for (int t = 0; t < scores.length; t++) {
      scores[t] = DotProduct.best().of(question, weights, t * dimension) + biases[t];
    }
    return Logistic.softmax(scores);
  }

  private static TopicModel read(DataInputStream in) throws IOException {
    var embedder = in.readUTF();
    int dimension = in.readInt();
    int count = in.readInt();
    List<String> names = new ArrayList<>(count);
    List<float[]> prototypes = new ArrayList<>(count);
    float[] weights = new float[count * dimension];
    float[] biases = new float[count];
    for (int t = 0; t < count; t++) {
      names.add(in.readUTF());
      float[] phrases = new float[in.readInt() * dimension];
      for (int i = 0; i < phrases.length; i++) {
        phrases[i] = in.readByte() / 254f;
      }
      prototypes.add(unit(phrases, dimension));
      for (int i = 0; i < dimension; i++) {
        weights[t * dimension + i] = in.readFloat();
      }
      biases[t] = in.readFloat();
    }
    return new TopicModel(embedder, dimension, names, prototypes, weights, biases);
  }

  private static float[] unit(float[] rows, int dimension) {
    for (int at = 0; at < rows.length; at += dimension) {
      double squares = 0;
      for (int i = at; i < at + dimension; i++) {
        squares += rows[i] * rows[i];
      }
      float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-12)));
      for (int i = at; i < at + dimension; i++) {
        rows[i] *= scale;
      }
    }
    return rows;
  }

  /** Writes the model as {@link #shipped} reads it; prototypes lose all but eight bits. */
  public void write(OutputStream target) throws IOException {
    var out = new DataOutputStream(target);
    out.writeUTF(embedder);
    out.writeInt(dimension);
    out.writeInt(names.size());
    for (int t = 0; t < names.size(); t++) {
      out.writeUTF(names.get(t));
      out.writeInt(prototypes.get(t).length / dimension);
      for (float part : prototypes.get(t)) {
        // the parts of a unit vector of some hundred numbers stay well below a half
        out.writeByte(Math.clamp(Math.round(part * 254), -127, 127));
      }
      for (int i = 0; i < dimension; i++) {
        out.writeFloat(weights[t * dimension + i]);
      }
      out.writeFloat(biases[t]);
    }
    out.flush();
  }
}
