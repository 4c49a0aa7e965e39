package io.consilium.expert;

/** How an expert is reached; the wiring turns each into an {@link Expert} in one switch. */
public enum Provider {
  /** Any server that speaks the OpenAI wire format; our own thin client. */
  OPENAI,
  /** Anthropic, through LangChain4j. */
  ANTHROPIC,
  /** Google Gemini, through LangChain4j. */
  GEMINI,
  /** Amazon Bedrock, through LangChain4j. */
  BEDROCK,
  /** Mistral, through LangChain4j. */
  MISTRAL,
  /** Ollama's own API, through LangChain4j. */
  OLLAMA,
  /** A Spring AI {@code ChatModel} present in the application, by bean name. */
  SPRING_AI,
  /** A tool of an MCP server. */
  MCP,
  /** Documents in the index. */
  DOCUMENTS,
  /** A fitted classifier in this process. */
  CLASSIFIER,
  /** The embedding model in this process. */
  EMBEDDER,
  /** A plan over other experts, run in this process. */
  COMPOSITION
}
