package io.consilium.router.ability;

import io.consilium.expert.ExpertException;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.jspecify.annotations.Nullable;

/**
 * Fitted abilities in the one form that another fit can be compared with: σ(a·θ − b) is the same
 * under any invertible map and shift of θ, so (g, θ, c) are centred over experts, g has unit
 * variance, θ unit covariance, and θ is turned towards the previous version (orthogonal Procrustes,
 * Schönemann 1966). Forecasts do not change but for {@code sharpness}.
 *
 * @param net with the maps folded into its outputs
 * @param levelScale what softplus of the raw a₀ is multiplied by
 * @param levelShift what the level takes off the difficulty
 * @param abilities per expert (g, θ, c)
 */
record Identified(AbilityNet net, double levelScale, double levelShift, double[][] abilities) {

  /**
   * Identifies a fit.
   *
   * @param sharpness what all log-odds are multiplied by, so that they hold given the item residual
   * @param previous abilities of the same experts in an earlier version, null where there are none
   */
  static Identified of(
      AbilityNet net, double[][] fitted, double sharpness, List<double @Nullable []> previous) {
    int d = net.dimension();
    double[] centre = new double[d + 2];
    for (double[] ability : fitted) {
      for (int k = 0; k < d + 2; k++) {
        centre[k] += ability[k] / fitted.length;
      }
    }
    double spread = 0;
    var covariance = new DMatrixRMaj(d, d);
    for (double[] ability : fitted) {
      spread += Math.pow(ability[0] - centre[0], 2) / fitted.length;
      for (int r = 0; r < d; r++) {
        for (int c = 0; c < d; c++) {
          covariance.data[r * d + c] +=
              (ability[r + 1] - centre[r + 1]) * (ability[c + 1] - centre[c + 1]) / fitted.length;
        }
      }
    }
    double scale = spread > 1e-8 ? Math.sqrt(spread) : 1;
    var root = new DMatrixRMaj(d, d); // C^½
    var whitening = new DMatrixRMaj(d, d); // C^-½
    roots(covariance, root, whitening);
    double[][] whitened = new double[fitted.length][d];
    for (int e = 0; e < fitted.length; e++) {
      for (int r = 0; r < d; r++) {
        for (int c = 0; c < d; c++) {
          whitened[e][r] += whitening.get(r, c) * (fitted[e][c + 1] - centre[c + 1]);
        }
      }
    }
    var turn = rotation(whitened, previous, d);
    double[][] abilities = new double[fitted.length][d + 2];
    for (int e = 0; e < fitted.length; e++) {
      abilities[e][0] = (fitted[e][0] - centre[0]) / scale;
      abilities[e][d + 1] = sharpness * (fitted[e][d + 1] - centre[d + 1]);
      for (int r = 0; r < d; r++) {
        for (int c = 0; c < d; c++) {
          abilities[e][r + 1] += turn.get(r, c) * whitened[e][c];
        }
      }
    }
    var map = new DMatrixRMaj(d, d); // a' = R C^½ a
    CommonOps_DDRM.mult(turn, root, map);
    return new Identified(
        folded(net, map, centre, sharpness), scale * sharpness, centre[0] / scale, abilities);
  }

  /** The symmetric square root and its inverse; directions without spread are left alone. */
  private static void roots(DMatrixRMaj covariance, DMatrixRMaj root, DMatrixRMaj inverse) {
    int d = covariance.numRows;
    var eigen = DecompositionFactory_DDRM.eig(d, true, true);
    if (!eigen.decompose(covariance.copy())) {
      throw ExpertException.invalid("records", "the fitted abilities are not finite numbers");
    }
    for (int j = 0; j < d; j++) {
      double value = eigen.getEigenvalue(j).real;
      double side = value > 1e-8 ? Math.sqrt(value) : 1;
      var axis = eigen.getEigenVector(j);
      for (int r = 0; r < d; r++) {
        for (int c = 0; c < d; c++) {
          double outer = axis.get(r, 0) * axis.get(c, 0);
          root.data[r * d + c] += side * outer;
          inverse.data[r * d + c] += outer / side;
        }
      }
    }
  }

  /**
   * The orthogonal R that brings {@code Rθ} nearest to the previous θ, over the experts that both
   * have: U Vᵀ of Σ θ_previous θᵀ = U S Vᵀ.
   */
  static DMatrixRMaj rotation(double[][] whitened, List<double @Nullable []> previous, int d) {
    var cross = new DMatrixRMaj(d, d);
    boolean shared = false;
    for (int e = 0; e < whitened.length; e++) {
      double[] earlier = previous.isEmpty() ? null : previous.get(e);
      if (earlier != null && earlier.length == d + 2) {
        shared = true;
        for (int r = 0; r < d; r++) {
          for (int c = 0; c < d; c++) {
            cross.data[r * d + c] += earlier[r + 1] * whitened[e][c];
          }
        }
      }
    }
    if (!shared) {
      return CommonOps_DDRM.identity(d);
    }
    var svd = DecompositionFactory_DDRM.svd(d, d, true, true, true);
    svd.decompose(cross);
    var turn = new DMatrixRMaj(d, d);
    CommonOps_DDRM.mult(svd.getU(null, false), svd.getV(null, true), turn);
    return turn;
  }

  /** The net with a mapped, the centre moved into b, and both made sharper. */
  private static AbilityNet folded(
      AbilityNet net, DMatrixRMaj map, double[] centre, double sharpness) {
    int d = net.dimension();
    float[] weights = net.weights().clone();
    for (int part = 0; part <= AbilityNet.PARTS; part++) {
      for (int h = 0; h <= AbilityNet.HIDDEN; h++) { // the last row is the bias
        int at = net.out(part) + h * net.outputs();
        double[] mapped = new double[d];
        double shift = 0;
        for (int c = 0; c < d; c++) {
          shift += weights[at + c] * centre[c + 1];
          for (int r = 0; r < d; r++) {
            mapped[r] += map.get(r, c) * weights[at + c];
          }
        }
        for (int r = 0; r < d; r++) {
          weights[at + r] = (float) (sharpness * mapped[r]);
        }
        weights[at + d + 1] = (float) (sharpness * (weights[at + d + 1] - shift));
      }
    }
    weights[net.outBias(0) + d + 1] -= (float) (sharpness * centre[d + 1]);
    return new AbilityNet(net.inputs(), d, weights);
  }
}
