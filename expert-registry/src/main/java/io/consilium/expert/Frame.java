package io.consilium.expert;

/**
 * One body or stream event as it came over the wire, without its SSE framing ({@code data: …}).
 *
 * @param dialect the wire format it is written in
 * @param bytes UTF-8 JSON; owned by the frame, never changed
 */
public record Frame(Dialect dialect, byte[] bytes) {}
