package io.consilium.expert;

/**
 * A call of a tool that an expert asks for.
 *
 * @param id the call's id, echoed with its result
 * @param name the tool's name
 * @param arguments the arguments as JSON text, exactly as written by the expert
 */
public record ToolCall(String id, String name, String arguments) {}
