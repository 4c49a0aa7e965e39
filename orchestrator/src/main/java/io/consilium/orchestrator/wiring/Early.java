package io.consilium.orchestrator.wiring;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.tools.McpConnection;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * What takes long and needs nothing of the application: the process of the bundled tools and the
 * embedding model. Both begin, once the {@link Premises} hold, while the rest is being put
 * together.
 */
public final class Early implements AutoCloseable {
  private final McpConnection everyday;
  private final CompletableFuture<OnnxEmbedder> embedder;

  private Early() {
    everyday = EverydayProcess.connection(InstantSource.system());
    everyday.start();
    embedder =
        CompletableFuture.supplyAsync(
            OnnxEmbedder::forThisMachine,
            task -> Thread.ofPlatform().daemon().name("embedder-load").start(task));
  }

  /** Makes {@code application} check its premises first and begin early. */
  public static SpringApplication in(SpringApplication application) {
    application.addInitializers(Early::begin);
    return application;
  }

  private static void begin(ConfigurableApplicationContext context) {
    var settings =
        Binder.get(context.getEnvironment()).bind("consilium", ConsiliumSettings.class).get();
    Premises.check(settings);
    var early = new Early();
    ((GenericApplicationContext) context).registerBean("early", Early.class, () -> early);
  }

  McpConnection everyday() {
    return everyday;
  }

  /** The embedder; waits until it is loaded. */
  OnnxEmbedder embedder() {
    return embedder.join();
  }

  @Override
  public void close() {
    everyday.close();
  }
}
