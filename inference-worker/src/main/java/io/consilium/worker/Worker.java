package io.consilium.worker;

import io.consilium.worker.engine.Engine;
import io.consilium.worker.engine.EngineSettings;
import io.consilium.worker.engine.Variant;
import io.consilium.worker.engine.WorkerException;
import io.consilium.worker.http.WorkerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The inference worker's program: {@code java -cp … io.consilium.worker.Worker --help}. It prints
 * {@code ready URL} once it answers.
 */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = "Runs a model file with llama.cpp and speaks OpenAI's format.")
public final class Worker implements Callable<Integer> {
  /** Holds the key that callers must send; empty for none. */
  public static final String KEY_VARIABLE = "CONSILIUM_WORKER_KEY";

  @Option(names = "--host", defaultValue = "127.0.0.1", description = "address to listen at")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "0", description = "port; 0 takes a free one")
  private int port;

  @Option(names = "--home", required = true, description = "folder for what the worker unpacks")
  private Path home = Path.of("");

  @Option(names = "--model", description = "GGUF file of the base model; the demo model without it")
  private @Nullable Path model;

  @Option(names = "--name", description = "what requests call the base model")
  private @Nullable String name;

  @Option(names = "--adapter", description = "NAME=FILE of an adapter; may be repeated")
  private Map<String, Path> adapters = new LinkedHashMap<>();

  @Option(
      names = "--variants",
      split = ",",
      description = "offered besides: active-expert counts, files of it quantised otherwise")
  private List<String> variants = List.of();

  @Option(names = "--natives", description = "folder of a llama.cpp build to use instead")
  private @Nullable Path natives;

  @Option(names = "--folder", description = "folder files may be loaded from; may be repeated")
  private List<Path> folders = List.of();

  @Option(names = "--digest", description = "SHA-256 of a file that may be loaded; may be repeated")
  private List<String> digests = List.of();

  @Option(names = "--lanes", defaultValue = "2", description = "texts generated at once")
  private int lanes;

  @Option(names = "--threads", defaultValue = "1", description = "processor threads of a lane")
  private int threads;

  @Option(names = "--context", defaultValue = "0", description = "tokens of prompt and answer")
  private int context;

  @Option(names = "--resident-adapters", defaultValue = "16", description = "adapters in memory")
  private int resident;

  @Option(names = "--gpu-layers", defaultValue = "0", description = "layers put on a GPU")
  private int gpuLayers;

  @Option(names = "--stop-with-input", description = "stop when standard input ends")
  private boolean stopWithInput;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Worker()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var key = System.getenv(KEY_VARIABLE);
    try {
      var engine = new Engine(settings());
      var server =
          new WorkerServer(
              engine, new InetSocketAddress(host, port), key == null || key.isEmpty() ? null : key);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
      System.out.println("ready http://%s:%d".formatted(host, server.port()));
      if (stopWithInput) {
        while (System.in.read() >= 0) {
          // whoever started this has nothing to say but that it lives
        }
        return 0;
      }
      Thread.currentThread().join();
      return 0;
    } catch (WorkerException e) {
      System.err.println("worker: " + e.message());
      return 2;
    }
  }

  private EngineSettings settings() {
    var scratch = home.resolve("natives");
    var chosen = variants.stream().map(Variant::of).toList();
    if (model != null) {
      var called = name == null ? nameOf(model) : name;
      return new EngineSettings(
          model, called, chosen, adapters, natives, scratch, folders, digests, lanes, threads,
          context, resident, gpuLayers);
    }
    var demo = Demo.unpack(home.resolve("demo"));
    Map<String, Path> all = new LinkedHashMap<>(demo.adapters());
    all.putAll(adapters);
    List<String> known = new ArrayList<>(demo.digests());
    known.addAll(digests);
    return new EngineSettings(
        demo.model(),
        name == null ? Demo.NAME : name,
        chosen.isEmpty()
            ? List.of(new Variant.ActiveExperts(1), new Variant.ActiveExperts(4))
            : chosen,
        all,
        natives,
        scratch,
        folders,
        known,
        lanes,
        threads,
        context,
        resident,
        gpuLayers);
  }

  private static String nameOf(Path file) {
    var name = String.valueOf(file.getFileName());
    return name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
  }
}
