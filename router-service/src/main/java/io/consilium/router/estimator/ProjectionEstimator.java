package io.consilium.router.estimator;

import io.consilium.expert.index.DotProduct;
import io.consilium.router.Estimates;
import io.consilium.router.Estimator;
import io.consilium.router.fit.Method;
import io.consilium.router.fit.TextSpace;
import io.consilium.router.fit.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * A learned projection from an expert's domain to its routing vector (Nexus, Gritsch et al. 2024,
 * arXiv 2408.15901). The domain is the mean vector of the questions an expert is good at, less that
 * of all questions; the routing vector is the one that says by how much it beats the pool. From
 * today's fleet a kernel ridge learns to turn the one into the other, so {@link #join} seats an
 * expert nobody has outcomes of, from a few samples or its description.
 *
 * <p>Not to rank experts with many outcomes: their projected vectors are blurred on purpose. With a
 * handful of experts the projection can only mix what it has seen.
 */
public final class ProjectionEstimator implements Method {
  private static final DotProduct DOT = DotProduct.best();

  /** Shrinks the projection, in units of a domain's squared length. */
  private static final double PENALTY = 0.3;

  /** What a domain alone is worth as evidence. */
  private static final double UNSEEN = 0.2;

  /**
   * What was learnt.
   *
   * @param routing per expert, its routing vector as projected, one after the other
   * @param bias per expert
   * @param level how much easier than usual a question is
   * @param domains of the experts with outcomes, unit vectors
   * @param learnt their routing vectors as learnt from outcomes, bias last
   * @param inverse of the domains' kernel matrix with its penalty
   * @param centre the mean vector of all questions
   */
  record State(
      List<String> experts,
      float[] routing,
      double[] bias,
      Linear level,
      double[][] domains,
      double[][] learnt,
      double[][] inverse,
      double[] centre,
      double[] mean,
      double[] weights)
      implements FittedState {
    @Override
    public Estimates at(float[] vector) {
      double easy = level.of(vector)[0];
      double[] p = new double[experts.size()];
      double[] skill = new double[p.length];
      for (int e = 0; e < p.length; e++) {
        skill[e] = bias[e] + DOT.of(vector, routing, e * vector.length);
        p[e] = Rates.chance(mean[e] + easy + skill[e]);
      }
      return Estimates.of(
          p, weights.clone(), e -> "%+.3f beyond the pool by its domain".formatted(skill[e]));
    }

    /** The routing vector of a domain, bias last. */
    double[] project(double[] domain) {
      double[] kernel = new double[domains.length];
      for (int e = 0; e < kernel.length; e++) {
        kernel[e] = dot(domain, domains[e]);
      }
      double[] routing = new double[centre.length + 1];
      for (int e = 0; e < kernel.length; e++) {
        double share = dot(inverse[e], kernel);
        for (int d = 0; d < routing.length; d++) {
          routing[d] += share * learnt[e][d];
        }
      }
      return routing;
    }
  }

  @Override
  public String name() {
    return "projection";
  }

  @Override
  public String input() {
    return "outcomes through each expert's domain, question vectors";
  }

  @Override
  public Estimator fit(Training training) {
    return new FittedEstimator(name(), training.space(), state(training));
  }

  /**
   * The same estimator with one more expert, forecast from its domain alone at the pool's mean
   * rate. An expert that is already seated is left as it is.
   *
   * @param fitted what {@link #fit} gave
   * @param space the one it was fitted in
   * @param expert its id
   * @param samples vectors, in the training's space, of requests it serves or of its description
   */
  public static FittedEstimator join(
      FittedEstimator fitted, TextSpace space, String expert, List<float[]> samples) {
    if (!(fitted.state() instanceof State state)) {
      throw new IllegalArgumentException("only a projection seats experts without outcomes");
    }
    if (samples.isEmpty() || state.experts.contains(expert)) {
      return fitted;
    }
    double[] domain = new double[state.centre.length];
    for (float[] sample : samples) {
      for (int d = 0; d < domain.length; d++) {
        domain[d] += sample[d] / samples.size();
      }
    }
    for (int d = 0; d < domain.length; d++) {
      domain[d] -= state.centre[d];
    }
    double[] projected = state.project(RouterDcEstimator.unit(domain));
    int width = state.centre.length;
    float[] routing = Arrays.copyOf(state.routing, state.routing.length + width);
    for (int d = 0; d < width; d++) {
      routing[state.routing.length + d] = (float) projected[d];
    }
    List<String> experts = new ArrayList<>(state.experts);
    experts.add(expert);
    return new FittedEstimator(
        fitted.name(),
        space,
        new State(
            List.copyOf(experts),
            routing,
            with(state.bias, projected[width]),
            state.level,
            state.domains,
            state.learnt,
            state.inverse,
            state.centre,
            with(state.mean, Arrays.stream(state.mean).average().orElse(0.5)),
            with(state.weights, state.domains.length == 0 ? 0 : UNSEEN)));
  }

  private static double[] with(double[] values, double last) {
    double[] more = Arrays.copyOf(values, values.length + 1);
    more[values.length] = last;
    return more;
  }

  static State state(Training training) {
    var residuals = Residuals.of(training.records());
    int items = residuals.items();
    int experts = residuals.experts();
    int width = training.space().dimension();
    double[] centre = new double[width];
    for (float[] vector : training.vectors()) {
      for (int d = 0; d < width; d++) {
        centre[d] += vector[d] / items;
      }
    }
    double[][] level = new double[items][1];
    for (int i = 0; i < items; i++) {
      level[i][0] = residuals.level()[i];
    }
    boolean none = items == 0 || experts == 0;
    var contrast =
        none
            ? Linear.constant(new double[experts], width)
            : Ridge.fit(training, residuals.contrast(), Ridge.PENALTIES).linear();
    double[][] domains = domains(training, residuals, centre);
    double[][] learnt = new double[experts][width + 1];
    for (int e = 0; e < experts; e++) {
      for (int d = 0; d < width; d++) {
        learnt[e][d] = contrast.weights()[e * width + d];
      }
      learnt[e][width] = contrast.bias()[e];
    }
    var start =
        new State(
            List.copyOf(training.records().experts()),
            new float[0],
            new double[0],
            none
                ? Linear.constant(new double[1], width)
                : Ridge.fit(training, level, Ridge.PENALTIES).linear(),
            domains,
            learnt,
            inverse(domains),
            centre,
            residuals.rates().mean(),
            residuals.rates().weights());
    float[] routing = new float[experts * width];
    double[] bias = new double[experts];
    for (int e = 0; e < experts; e++) {
      double[] projected = start.project(domains[e]);
      for (int d = 0; d < width; d++) {
        routing[e * width + d] = (float) projected[d];
      }
      bias[e] = projected[width];
    }
    return new State(
        start.experts,
        routing,
        bias,
        start.level,
        domains,
        learnt,
        start.inverse,
        centre,
        start.mean,
        start.weights);
  }

  /** Where each expert does better than the pool, as unit vectors from the centre. */
  private static double[][] domains(Training training, Residuals residuals, double[] centre) {
    double[][] domains = new double[residuals.experts()][centre.length];
    for (int e = 0; e < domains.length; e++) {
      double total = 0;
      for (int i = 0; i < residuals.items(); i++) {
        double won = residuals.contrast()[i][e];
        if (won > 0) {
          total += won;
          for (int d = 0; d < centre.length; d++) {
            domains[e][d] += won * training.vectors().get(i)[d];
          }
        }
      }
      for (int d = 0; d < centre.length; d++) {
        domains[e][d] = total == 0 ? 0 : domains[e][d] / total - centre[d];
      }
      domains[e] = RouterDcEstimator.unit(domains[e]);
    }
    return domains;
  }

  private static double[][] inverse(double[][] domains) {
    int experts = domains.length;
    var kernel = new DMatrixRMaj(experts, experts);
    for (int a = 0; a < experts; a++) {
      for (int b = 0; b < experts; b++) {
        kernel.set(a, b, dot(domains[a], domains[b]) + (a == b ? PENALTY : 0));
      }
    }
    double[][] inverse = new double[experts][experts];
    var result = new DMatrixRMaj(experts, experts);
    if (experts > 0 && CommonOps_DDRM.invert(kernel, result)) {
      for (int a = 0; a < experts; a++) {
        for (int b = 0; b < experts; b++) {
          inverse[a][b] = result.get(a, b);
        }
      }
    }
    return inverse;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }
}
