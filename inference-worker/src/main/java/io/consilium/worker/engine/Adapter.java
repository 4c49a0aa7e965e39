package io.consilium.worker.engine;

/**
 * A LoRA adapter that may be used.
 *
 * @param id as {@code /lora-adapters} numbers it; never used twice
 * @param name what requests call it
 * @param file its checked file
 * @param pinned whether it stays in memory whatever else is asked for
 */
public record Adapter(int id, String name, Gguf file, boolean pinned) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Adapter adapter && adapter.id == id;
  }

  @Override
  public int hashCode() {
    return id;
  }
}
