package io.consilium.orchestrator.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.Part;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class McpToolTest {
  private static McpTool.Said said(Part... parts) {
    return McpTool.Said.of("text", Json.object()).with(List.of(parts));
  }

  @Test
  void imagesAndSoundThatAToolGaveBackGoOnToTheAgent() {
    var sound = Json.object().put("type", "audio").put("data", "QQ==").put("mimeType", "audio/wav");

    var content =
        said(
                new Part.Text("text"),
                new Part.Image("data:image/png;base64,QUJD", Json.object()),
                new Part.Other(Modality.AUDIO, sound))
            .content();

    assertThat(content)
        .containsExactly(
            McpSchema.TextContent.builder("text").build(),
            McpSchema.ImageContent.builder("QUJD", "image/png").build(),
            McpSchema.AudioContent.builder("QQ==", "audio/wav").build());
  }

  @Test
  void whatTheProtocolCannotCarryIsLeftOut() {
    var dialect = Json.object().put("type", "input_audio").put("input_audio", "x");
    var broken = Json.object().put("type", "audio").put("resource", 7);

    assertThat(
            said(
                    new Part.Image("https://example.org/cat.png", Json.object()),
                    new Part.Other(Modality.AUDIO, dialect),
                    new Part.Other(Modality.FILE, broken.put("type", "unheard of")))
                .content())
        .hasSize(1);
  }
}
