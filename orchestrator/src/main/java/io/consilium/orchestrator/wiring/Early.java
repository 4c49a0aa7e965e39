package io.consilium.orchestrator.wiring;

import io.consilium.adapters.embedding.OnnxEmbedder;
import io.consilium.tools.BundledServer;
import io.consilium.tools.McpConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/**
 * What takes long and needs nothing of the application: the process of the bundled tools and the
 * embedding model. Both begin, once the {@link Premises} hold, while the rest is being put
 * together.
 */
final class Early implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration CALL = Duration.ofSeconds(20);

  private final McpConnection everyday;
  private final CompletableFuture<OnnxEmbedder> embedder;

  Early() {
    everyday =
        new McpConnection(
            BundledServer.everyday(Prepared.beside("everyday.aot")).withTimeouts(START, CALL),
            tools -> {},
            InstantSource.system());
    everyday.start();
    embedder =
        CompletableFuture.supplyAsync(
            OnnxEmbedder::forThisMachine,
            task -> Thread.ofPlatform().daemon().name("embedder-load").start(task));
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
