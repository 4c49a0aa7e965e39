package io.consilium.expert;

import tools.jackson.databind.JsonNode;

/**
 * A tool an expert may call.
 *
 * @param name unique within a question
 * @param description what it does, possibly empty
 * @param schema JSON schema of its arguments; an empty object when none was given
 */
public record ToolSpec(String name, String description, JsonNode schema) {}
