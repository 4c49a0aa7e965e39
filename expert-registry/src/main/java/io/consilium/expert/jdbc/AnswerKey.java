package io.consilium.expert.jdbc;

/**
 * The right answer of a question on record.
 *
 * @param question as it is asked, options included
 * @param answer the right one
 * @param check how a given answer is compared with it
 */
public record AnswerKey(String question, String answer, String check) {}
