package io.consilium.orchestrator.wiring;

import io.consilium.adapters.documents.BundledDocuments;
import io.consilium.adapters.documents.DocumentIndex;
import io.consilium.adapters.documents.DocumentSource;
import io.consilium.adapters.documents.FolderSource;
import io.consilium.expert.Embedder;
import io.consilium.expert.Endpoint;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Owner;
import io.consilium.expert.Provider;
import io.consilium.expert.card.DocumentFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The collections of documents by name: our own documentation and the folders of {@code
 * experts.yaml}. A folder becomes an expert.
 */
final class Shelves implements AutoCloseable {
  private static final Duration LOOKS = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofDays(365);

  private final ExpertRegistry registry;
  private final Embedder embedder;
  private final Path home;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, DocumentFolder> declared = new HashMap<>();
  private final Map<String, DocumentIndex> indexes = new ConcurrentHashMap<>();
  private final DocumentIndex own;

  Shelves(ExpertRegistry registry, Embedder embedder, Path home) {
    this.registry = registry;
    this.embedder = embedder;
    this.home = home;
    this.own = index(BundledExperts.DOCUMENTS, new BundledDocuments(), NEVER);
    indexes.put(BundledExperts.DOCUMENTS, own);
  }

  /** Waits until our own documentation is read; false when {@code patience} was over before. */
  boolean await(Duration patience) {
    try {
      return own.await(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The index of a collection.
   *
   * @throws ExpertException {@code CONFIGURATION} when there is none of that name
   */
  DocumentIndex find(String collection) {
    var index = indexes.get(collection);
    if (index == null) {
      throw new ExpertException(
          FailureKind.CONFIGURATION,
          "there is no collection of documents '%s'; declare it under 'documents' in experts.yaml. There are %s"
              .formatted(collection, indexes.keySet()));
    }
    return index;
  }

  /** Makes these the only folders that the file declares. */
  void declare(List<DocumentFolder> folders) {
    changing.lock();
    try {
      Set<String> names = new HashSet<>();
      for (var folder : folders) {
        names.add(folder.id());
        if (!folder.equals(declared.put(folder.id(), folder))) {
          close(folder.id());
          indexes.put(folder.id(), index(folder.id(), new FolderSource(folder.folder()), LOOKS));
          registry.put(card(folder));
        }
      }
      for (var gone : declared.keySet().stream().filter(name -> !names.contains(name)).toList()) {
        declared.remove(gone);
        close(gone);
      }
    } finally {
      changing.unlock();
    }
  }

  private DocumentIndex index(String name, DocumentSource source, Duration looks) {
    var folder = name.replace('/', '_');
    return new DocumentIndex(
        name,
        source,
        embedder,
        home.resolve("documents").resolve(folder),
        Prepared.beside("documents/" + folder),
        looks);
  }

  private static ExpertCard card(DocumentFolder folder) {
    var description =
        folder.description().isBlank()
            ? "Answers from the documents in " + folder.folder().getFileName() + "."
            : folder.description();
    return ExpertCard.of(
            folder.id(),
            new ExpertKind.Retriever(folder.id()),
            description,
            new Endpoint(Provider.DOCUMENTS, null, folder.id(), null, Map.of(), Map.of()))
        .withSkills(folder.skills())
        .withFeatures(Set.of(Feature.STRUCTURED_OUTPUT))
        .withOwner(Owner.FILE);
  }

  private void close(String name) {
    var index = indexes.remove(name);
    if (index != null) {
      index.close();
    }
  }

  @Override
  public void close() {
    indexes.keySet().forEach(this::close);
  }
}
