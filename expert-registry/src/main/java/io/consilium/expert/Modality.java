package io.consilium.expert;

/** What a message may be made of, and what an expert must understand to read it. */
public enum Modality {
  TEXT,
  IMAGE,
  AUDIO,
  FILE
}
