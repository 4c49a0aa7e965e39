package io.consilium.bench.routing;

import java.util.List;
import java.util.Locale;

/** A small SVG chart with two axes; made by hand so that a report needs nothing to be read. */
final class Chart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final int LEFT = 60;
  private static final int RIGHT = 180;
  private static final int TOP = 36;
  private static final int BOTTOM = 48;
  private static final List<String> COLOURS =
      List.of(
          "#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#9498a0", "#6cc5b0", "#97bbf5",
          "#9c6b4e", "#ff8ab7");

  private final StringBuilder body = new StringBuilder();
  private final double lowX;
  private final double highX;
  private final double lowY;
  private final double highY;
  private final boolean logarithmic;
  private int series;

  /**
   * An empty chart.
   *
   * @param logarithmic whether the horizontal axis is logarithmic; its ends are then above 0
   */
  Chart(
      String title,
      String x,
      String y,
      double lowX,
      double highX,
      double lowY,
      double highY,
      boolean logarithmic) {
    this.lowX = logarithmic ? Math.log10(lowX) : lowX;
    this.highX = logarithmic ? Math.log10(highX) : highX;
    this.lowY = lowY;
    this.highY = highY;
    this.logarithmic = logarithmic;
    text(LEFT, 20, "start", 14, title);
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", 12, x);
    body.append(
        "<text transform=\"translate(16,%.1f) rotate(-90)\" text-anchor=\"middle\" font-size=\"12\">%s</text>%n"
            .formatted((TOP + HEIGHT - BOTTOM) / 2.0, escaped(y)));
    for (int tick = 0; tick <= 4; tick++) {
      double valueX = this.lowX + (this.highX - this.lowX) * tick / 4;
      double valueY = lowY + (highY - lowY) * tick / 4;
      double atX = LEFT + (WIDTH - LEFT - RIGHT) * tick / 4.0;
      double atY = y(valueY);
      line(LEFT, atY, WIDTH - RIGHT, atY);
      text(LEFT - 6, atY + 4, "end", 11, format("%.2f", valueY));
      text(
          atX,
          HEIGHT - BOTTOM + 16,
          "middle",
          11,
          logarithmic ? format("%.2g", Math.pow(10, valueX)) : format("%.2f", valueX));
    }
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private void text(double x, double y, String anchor, int size, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>%n",
            x,
            y,
            anchor,
            size,
            escaped(text)));
  }

  private void line(double fromX, double fromY, double toX, double toY) {
    body.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#8884\"/>%n",
            fromX,
            fromY,
            toX,
            toY));
  }

  private double x(double value) {
    double at = logarithmic ? Math.log10(value) : value;
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.clamp((at - lowX) / (highX - lowX), 0, 1);
  }

  private double y(double value) {
    return HEIGHT
        - BOTTOM
        - (HEIGHT - TOP - BOTTOM) * Math.clamp((value - lowY) / (highY - lowY), 0, 1);
  }

  /** Adds a line through points, (x, y) each, with a mark at every point and its name beside. */
  void series(String name, List<double[]> points) {
    var colour = COLOURS.get(series % COLOURS.size());
    var path = new StringBuilder();
    for (var point : points) {
      path.append(
          String.format(
              Locale.ROOT, "%s%.1f,%.1f", path.isEmpty() ? "" : " ", x(point[0]), y(point[1])));
    }
    body.append(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%s\"/>%n"
            .formatted(colour, path));
    for (var point : points) {
      body.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>%n",
              x(point[0]),
              y(point[1]),
              colour));
    }
    double at = TOP + 16.0 * series;
    body.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
            WIDTH - RIGHT + 14,
            at,
            colour));
    text(WIDTH - RIGHT + 30, at + 9, "start", 11, name);
    series++;
  }

  /** Adds a dashed line from corner to corner: where forecast and outcome agree. */
  void diagonal() {
    body.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888\" stroke-dasharray=\"4 3\"/>%n",
            x(lowX),
            y(lowX),
            x(highX),
            y(highX)));
  }

  /** The picture. */
  String svg() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
    font-family="sans-serif">
    <rect width="%1$d" height="%2$d" fill="#fff"/>
    %3$s</svg>
    """
        .formatted(WIDTH, HEIGHT, body);
  }
}
