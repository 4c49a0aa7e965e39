package io.consilium.orchestrator.api;

import io.consilium.orchestrator.Orchestrator;

/**
 * Where a question is read, answered and measured.
 *
 * @param asking reads it
 * @param orchestrator answers it
 * @param meters measure it
 */
public record Stage(Asking asking, Orchestrator orchestrator, RequestMeters meters) {}
