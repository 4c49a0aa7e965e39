package io.consilium.expert.index;

/**
 * Something found.
 *
 * @param id its key in the index
 * @param score how well it matches, comparable within one answer; higher is better
 */
public record Hit(String id, double score) {}
