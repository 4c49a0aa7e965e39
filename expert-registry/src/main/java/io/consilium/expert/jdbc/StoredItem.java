package io.consilium.expert.jdbc;

/**
 * A question with outcomes, as the store keeps it.
 *
 * @param id unique
 * @param question the whole text, options of multiple choice included
 * @param category subject or task, or empty
 * @param hash the documented number in [0, 1) by which questions are split
 */
public record StoredItem(String id, String question, String category, double hash) {}
