package io.consilium.expert;

/**
 * Who says a message. {@code SYSTEM} covers OpenAI's {@code developer}, {@code TOOL} its {@code
 * function}.
 */
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT,
  TOOL
}
