package io.consilium.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JsonSchemaGrammarTest {
  private static String of(String schema) {
    return JsonSchemaGrammar.of(Exchange.JSON.readTree(schema));
  }

  @Test
  void optionalPropertiesMayBeLeftOutWithoutAStrayComma() {
    assertThat(
            of(
                """
                {"type":"object","properties":{"a":{"type":"null"},"b":{"type":"boolean"}},\
                "required":["a"]}\
                """))
        .isEqualTo(
            """
            root ::= "{" r6 "}"
            r1 ::= "\\"b\\"" ":" ("true" | "false")
            r2 ::= ("," r1 )?
            r3 ::= (r1 )?
            r4 ::= "\\"a\\"" ":" "null"
            r5 ::= "," r4 r2
            r6 ::= r4 r2\
            """);
  }

  @Test
  void choicesAndConstantsAreWrittenAsTheyStandInJson() {
    assertThat(of("{\"enum\":[\"a\\\"b\",1,null]}"))
        .isEqualTo("root ::= (\"\\\"a\\\\\\\"b\\\"\" | \"1\" | \"null\")");
  }

  @Test
  void aSchemaMayReferToItself() {
    var grammar =
        of(
            """
            {"$ref":"#/$defs/list","$defs":{"list":{"anyOf":[{"type":"null"},\
            {"type":"array","items":{"$ref":"#/$defs/list"}}]}}}\
            """);

    assertThat(grammar).startsWith("root ::= ref0").contains("ref0 ::= (\"null\" | ");
  }

  @Test
  void whatAGrammarCannotKeepIsRefusedByItsPlace() {
    assertThatThrownBy(() -> of("{\"type\":\"string\",\"pattern\":\"a+\"}"))
        .hasMessageContaining("schema.pattern");
    assertThatThrownBy(() -> of("{\"type\":\"object\",\"properties\":{\"a\":{\"minimum\":3}}}"))
        .hasMessageContaining("schema.a.minimum");
    assertThatThrownBy(() -> of("{\"type\":\"shape\"}")).hasMessageContaining("no JSON type");
    assertThatThrownBy(() -> of("{\"$ref\":\"http://elsewhere\"}"))
        .hasMessageContaining("outside this schema");
  }
}
