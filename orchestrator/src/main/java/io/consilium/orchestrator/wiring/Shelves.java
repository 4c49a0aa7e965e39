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
import io.consilium.expert.index.HybridPassages;
import io.consilium.expert.index.PassageIndex;
import io.consilium.expert.jdbc.Database;
import io.consilium.expert.jdbc.JdbcPassages;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collections of documents by name: our own documentation and the folders of {@code
 * experts.yaml}. A folder becomes an expert.
 */
final class Shelves implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shelves.class);
  private static final Duration LOOKS = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofDays(365);

  private final ExpertRegistry registry;
  private final Database database;
  private final Embedder embedder;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<String, DocumentFolder> declared = new HashMap<>();
  private final Map<String, DocumentIndex> indexes = new ConcurrentHashMap<>();
  private final DocumentIndex own;

  /** Documents of folders go into the database where it has vectors, and are every replica's. */
  Shelves(ExpertRegistry registry, Database database, Embedder embedder) {
    this.registry = registry;
    this.database = database;
    this.embedder = embedder;
    // few, the same everywhere, and there whatever becomes of the database
    this.own =
        index(
            BundledExperts.DOCUMENTS, new BundledDocuments(), new HybridPassages(embedder), NEVER);
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
          indexes.put(
              folder.id(),
              index(folder.id(), new FolderSource(folder.folder()), passages(folder.id()), LOOKS));
          registry.put(card(folder));
        }
      }
      for (var gone : declared.keySet().stream().filter(name -> !names.contains(name)).toList()) {
        declared.remove(gone);
        close(gone);
        if (registry.current().find(gone).isEmpty()) { // no other replica declares it
          clear(gone);
        }
      }
    } finally {
      changing.unlock();
    }
  }

  private PassageIndex passages(String name) {
    return database.shared()
        ? new JdbcPassages(database, name, embedder.id(), embedder.dimension())
        : new HybridPassages(embedder);
  }

  private void clear(String name) {
    try {
      passages(name).retain(Set.of());
    } catch (ExpertException e) {
      log.warn("passages of the documents '{}' are left behind: {}", name, e.message());
    }
  }

  private DocumentIndex index(
      String name, DocumentSource source, PassageIndex passages, Duration looks) {
    return new DocumentIndex(name, source, passages, embedder, looks);
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
