package io.consilium.expert.registry;

import io.consilium.expert.CardState;
import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.ExpertRegistry;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Owner;
import io.consilium.expert.card.Company;
import io.consilium.expert.card.ExpertsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry as {@code experts.yaml} has it. The file is looked at by its time and size,
 * which works alike for editors that replace files, mounted volumes and network file systems; a
 * file that is wrong changes nothing and is reported once.
 *
 * <p>Several processes may share the registry, each with a file of its own. What one file leaves
 * out stays while another one {@link Declarations declares} it. Where two declare a card of the
 * same id, that of the file holds that was applied last.
 *
 * <p>It keeps the cards of the {@code experts:} section. The tools of declared MCP servers and the
 * retrievers of declared folders belong to the file too, but are put by whoever connects to them,
 * with {@link ExpertRegistry#replaceAll}; those no longer declared are retired here.
 */
public final class ExpertsFileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExpertsFileWatch.class);
  private static final String EXPERT = "expert:";
  private static final String SERVER = "server:";

  /** What a folder of documents is declared by, followed by its collection. */
  public static final String DOCUMENTS = "documents:";

  private final ExpertsFile file;
  private final ExpertRegistry registry;
  private final Consumer<ExpertsFile.Contents> applied;
  private final Consumer<ExpertException> refused;
  private final Supplier<@Nullable Company> others;
  private final Declarations declarations;
  private final Duration repeat;
  private ExpertsFile.@Nullable Contents applies;
  private long declared;
  private @Nullable Stamp seen;
  private @Nullable ScheduledFuture<?> looking;

  private record Stamp(FileTime time, long size, Object key) {}

  /**
   * @param applied called with the file's contents each time they hold, after the registry has them
   * @param refused called when the file is wrong or away, or a card of it is kept elsewhere
   */
  public ExpertsFileWatch(
      ExpertsFile file,
      ExpertRegistry registry,
      Consumer<ExpertsFile.Contents> applied,
      Consumer<ExpertException> refused) {
    this(file, registry, () -> null, Declarations.alone(), Duration.ZERO, applied, refused);
  }

  /**
   * The same, with compositions held against who is there beside the file, and with other
   * processes.
   *
   * @param others asked each time the file is read
   * @param declarations told what the file declares; closed here
   * @param repeat how often it is told so again
   */
  public ExpertsFileWatch(
      ExpertsFile file,
      ExpertRegistry registry,
      Supplier<@Nullable Company> others,
      Declarations declarations,
      Duration repeat,
      Consumer<ExpertsFile.Contents> applied,
      Consumer<ExpertException> refused) {
    this.others = others;
    this.declarations = declarations;
    this.repeat = repeat;
    this.file = file;
    this.registry = registry;
    this.applied = applied;
    this.refused = refused;
  }

  /** Applies the file now; what is wrong with it is thrown. For the start of the service. */
  public synchronized ExpertsFile.Contents apply() {
    seen = stamp();
    var contents = file.read(others.get());
    declare(contents);
    retireBut(contents);
    applies = contents;
    contents.warnings().forEach(LOG::warn);
    applied.accept(contents);
    return contents;
  }

  private void declare(ExpertsFile.Contents contents) {
    Set<String> names = new HashSet<>();
    contents.experts().forEach(card -> names.add(name(card)));
    contents.servers().forEach(server -> names.add(SERVER + server.name()));
    contents.documents().forEach(folder -> names.add(DOCUMENTS + folder.id()));
    declared = System.nanoTime();
    declarations.declare(names);
  }

  /** What a card is declared by: itself, its server or its folder. */
  private static String name(ExpertCard card) {
    return switch (card.kind()) {
      case ExpertKind.Tool tool -> SERVER + tool.server();
      case ExpertKind.Retriever retriever -> DOCUMENTS + retriever.collection();
      case ExpertKind.Llm llm -> EXPERT + card.id();
      case ExpertKind.Adapter adapter -> EXPERT + card.id();
      case ExpertKind.Classifier classifier -> EXPERT + card.id();
      case ExpertKind.Composition composition -> EXPERT + card.id();
      case ExpertKind.Variant variant -> EXPERT + card.id();
    };
  }

  private void retireBut(ExpertsFile.Contents contents) {
    var elsewhere = declarations.others();
    registry.replaceAll(
        Owner.FILE,
        card -> isAbout(contents, card) && !elsewhere.contains(name(card)),
        contents.experts());
  }

  /**
   * Says again what is declared, retires what nobody declares any more, and puts back what others
   * retired while this process was taken to be gone.
   */
  synchronized void keepUp() {
    var contents = applies;
    if (contents == null || repeat.isZero() || System.nanoTime() - declared < repeat.toNanos()) {
      return;
    }
    try {
      declare(contents);
      var own = contents.experts().stream().map(ExpertCard::id).collect(Collectors.toSet());
      var foreign =
          registry.current().cards().stream()
              .filter(card -> card.owner() == Owner.FILE && !own.contains(card.id()))
              .filter(card -> isAbout(contents, card))
              .toList();
      for (var card : contents.experts()) {
        if (card.state() != CardState.RETIRED && registry.current().find(card.id()).isEmpty()) {
          registry.put(card.withOwner(Owner.FILE));
        }
      }
      var elsewhere = foreign.isEmpty() ? Set.<String>of() : declarations.others();
      for (var card : foreign) {
        if (!elsewhere.contains(name(card))) {
          registry.retire(card.id(), Owner.FILE);
          LOG.info("{} is retired: no experts file declares it any more", card.id());
        }
      }
    } catch (ExpertException e) { // the store is away, or another process was quicker
      LOG.debug("what files declare is looked at later: {}", e.message());
    }
  }

  /**
   * Whether a card of the file is for this section to retire: the tools of a server, and the
   * retriever of a folder, that are still declared are kept by whoever lists them.
   */
  private static boolean isAbout(ExpertsFile.Contents contents, ExpertCard card) {
    return switch (card.kind()) {
      case ExpertKind.Tool tool ->
          contents.servers().stream().noneMatch(each -> each.name().equals(tool.server()));
      case ExpertKind.Retriever retriever ->
          contents.documents().stream().noneMatch(each -> each.id().equals(retriever.collection()));
      case ExpertKind.Llm llm -> true;
      case ExpertKind.Adapter adapter -> true;
      case ExpertKind.Classifier classifier -> true;
      case ExpertKind.Composition composition -> true;
      case ExpertKind.Variant variant -> true;
    };
  }

  /** Applies the file if it changed since it was last looked at. */
  public synchronized void look() {
    var now = stamp();
    if (now == null ? seen == null : now.equals(seen)) {
      return;
    }
    try {
      var contents = apply();
      LOG.info("{} changed: {} experts", file.path(), contents.experts().size());
    } catch (ExpertException e) {
      if (e.kind() == FailureKind.STORE_UNAVAILABLE) {
        seen = null;
      }
      LOG.error("{} is not applied, the experts stay as they were:\n{}", file.path(), e.message());
      refused.accept(e);
    }
  }

  /** Looks every {@code period} on {@code scheduler}, whose thread should be a platform daemon. */
  public synchronized void start(ScheduledExecutorService scheduler, Duration period) {
    looking =
        scheduler.scheduleWithFixedDelay(
            this::lookSafely, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** An exception would end the schedule without a word. */
  private void lookSafely() {
    try {
      look();
      keepUp();
    } catch (RuntimeException e) {
      LOG.error("looking at {} failed", file.path(), e);
    }
  }

  private @Nullable Stamp stamp() {
    try {
      var attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
      var key = attributes.fileKey();
      return new Stamp(
          attributes.lastModifiedTime(), attributes.size(), key == null ? file.path() : key);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public synchronized void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    declarations.close();
  }
}
