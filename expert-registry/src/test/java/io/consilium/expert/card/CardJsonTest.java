package io.consilium.expert.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.ExpertException;
import io.consilium.expert.ExpertKind;
import io.consilium.expert.FailureKind;
import io.consilium.expert.Feature;
import io.consilium.expert.Json;
import io.consilium.expert.Modality;
import io.consilium.expert.OutboundRules;
import io.consilium.expert.Owner;
import io.consilium.expert.Price;
import io.consilium.expert.Provider;
import io.consilium.expert.SecretRef;
import io.consilium.expert.Skill;
import io.consilium.expert.secret.Secrets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class CardJsonTest {
  private static final String CLEAR = "sk-very-secret-0123456789";

  @TempDir private Path home = Path.of("");

  private CardJson json() {
    return new CardJson(new Secrets(Map.of(), home), Prices.shipped(), OutboundRules.standard());
  }

  private static ObjectNode body(String text) {
    return Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "the body");
  }

  private ExpertCard read(String text) {
    return read(text, null);
  }

  private ExpertCard read(String text, @Nullable ExpertCard before) {
    return json().read(body(text), Owner.API, before);
  }

  @Test
  void aCardNeedsAnIdAndAnAddress() {
    var card = read("{'id':'local','url':'http://localhost:8000/v1/'}");

    assertThat(card.kind()).isEqualTo(new ExpertKind.Llm());
    assertThat(card.endpoint().provider()).isEqualTo(Provider.OPENAI);
    assertThat(card.endpoint().url()).isEqualTo(URI.create("http://localhost:8000/v1"));
    assertThat(card.endpoint().model()).isEqualTo("local");
    assertThat(card.modalities()).containsExactly(Modality.TEXT);
    assertThat(card.price()).isEqualTo(Price.FREE);
    assertThat(card.owner()).isEqualTo(Owner.API);
  }

  @Test
  void everyFieldIsRead() {
    var card =
        read(
            """
            {'id':'m','aliases':['n'],'kind':'llm','description':'Does it.',
             'skills':['algebra',{'poetry':-0.5}],
             'price':{'input':1,'cached_input':0.5,'output':2,'call':0.01},'context':1000,
             'modalities':['text','image'],'features':['tools','structured-output'],
             'serves':['chat','embeddings'],'claimed':{'accuracy':{'mmlu':0.8},'latency_ms':900},
             'lineage':'base','licence':'MIT','provider':'openai','url':'https://example.org/v1',
             'model':'mm','key':'${K}','headers':{'X-Org':'org'},'options':{'max_tokens':5},
             'state':'draft'}
            """);

    assertThat(card.skills()).containsExactly(new Skill("algebra", 1), new Skill("poetry", -0.5));
    assertThat(card.price()).isEqualTo(new Price(1, 0.5, 2, 0.01));
    assertThat(card.features()).containsExactlyInAnyOrder(Feature.TOOLS, Feature.STRUCTURED_OUTPUT);
    assertThat(card.endpoint().key()).isEqualTo(new SecretRef("${K}"));
    assertThat(card.endpoint().options()).containsEntry("max_tokens", "5");
    assertThat(card.claimed().accuracy()).containsEntry("mmlu", 0.8);
    assertThat(CardJson.restored(CardJson.stored(card))).isEqualTo(card);
  }

  @Test
  void whatIsShownCanBeSentBackUnchanged() {
    var card =
        read(
            "{'id':'m','url':'http://localhost:1/v1','key':'%s','headers':{'X-Key':'%s','X-B':'${B}'}}"
                .formatted(CLEAR, CLEAR));
    var shown = CardJson.shown(card);

    assertThat(shown.toString()).doesNotContain(CLEAR).doesNotContain("sealed:");
    assertThat(shown.path("key").toString()).isEqualTo("{\"set\":true}");
    assertThat(shown.path("headers").path("X-B").path("reference").asString("")).isEqualTo("${B}");
    assertThat(json().read(shown, Owner.API, card)).isEqualTo(card);
  }

  @Test
  void aClearSecretIsSealedAndNeverWrittenOrPrinted() {
    var card = read("{'id':'m','url':'http://localhost:1/v1','key':'%s'}".formatted(CLEAR));
    var key = card.endpoint().key();

    assertThat(key).isNotNull();
    assertThat(new Secrets(Map.of(), home).resolve(key == null ? new SecretRef("${X}") : key))
        .isEqualTo(CLEAR);
    assertThat(card.toString()).doesNotContain(CLEAR);
    assertThat(CardJson.stored(card).toString()).doesNotContain(CLEAR);
    assertThat(read("{'id':'m','url':'http://localhost:1/v1','key':'%s'}".formatted(CLEAR)))
        .isEqualTo(card);
  }

  @Test
  void aKeptSecretIsNotSentToAnotherServer() {
    var card = read("{'id':'m','url':'http://localhost:1/v1','key':'%s'}".formatted(CLEAR));

    assertThat(read("{'id':'m','url':'http://localhost:1/v2','key':{'set':true}}", card).endpoint())
        .satisfies(moved -> assertThat(moved.key()).isEqualTo(card.endpoint().key()));
    assertThatThrownBy(
            () -> read("{'id':'m','url':'http://elsewhere:1/v1','key':{'set':true}}", card))
        .hasMessageContaining("enter its key");
  }

  @Test
  void aSecretSaidToBeSetMustHaveBeenSet() {
    assertThatThrownBy(() -> read("{'id':'m','url':'http://localhost:1','key':{'set':true}}"))
        .hasMessageContaining("was not set before");
  }

  @Test
  void pricesAndContextOfKnownHostedModelsAreFilledIn() {
    var card = read("{'id':'m','provider':'openai','model':'gpt-4o-mini-2024-07-18'}");

    assertThat(card.endpoint().url()).isEqualTo(URI.create("https://api.openai.com/v1"));
    assertThat(card.price()).isEqualTo(new Price(0.15, 0.075, 0.6, 0));
    assertThat(card.contextWindow()).isEqualTo(128_000);
    assertThat(read("{'id':'m','provider':'openai','model':'gpt-4o-mini','price':{},'context':5}"))
        .satisfies(own -> assertThat(own.price()).isEqualTo(Price.FREE))
        .satisfies(own -> assertThat(own.contextWindow()).isEqualTo(5));
    assertThat(read("{'id':'gpt-4o','url':'http://localhost:1/v1'}").price()).isEqualTo(Price.FREE);
  }

  @Test
  void kindsImplyTheirProviders() {
    assertThat(read("{'id':'t','kind':'tool','server':'files'}").endpoint().provider())
        .isEqualTo(Provider.MCP);
    assertThat(read("{'id':'d','kind':'retriever','collection':'docs'}").endpoint().provider())
        .isEqualTo(Provider.DOCUMENTS);
    assertThat(read("{'id':'c','kind':'classifier','labels':['a']}").endpoint().provider())
        .isEqualTo(Provider.CLASSIFIER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                                    | 'id' is missing",
        "{'id':'a'}                                            | 'provider' is missing",
        "{'id':'a b','url':'http://h'}                         | 'a b' is no expert id",
        "{'id':'consilium/x','url':'http://h'}                 | policies",
        "{'id':'a','url':'http://h','descripton':'x'}          | did you mean 'description'?",
        "{'id':'a','url':'http://h','price':{'inptu':1}}       | did you mean 'input'?",
        "{'id':'a','url':'http://h','price':{'input':-1}}      | 'input' must be a number, at least 0",
        "{'id':'a','url':'http://h','price':'free'}            | 'price' must be a map",
        "{'id':'a','url':'http://h','context':-5}              | 'context' must be a whole number",
        "{'id':'a','url':'http://h','context':1.5}             | 'context' must be a whole number",
        "{'id':'a','url':'http://h','skills':'maths'}          | 'skills' must be a list",
        "{'id':'a','url':'http://h','skills':[{'maths':2}]}    | a weight between -1 and 1",
        "{'id':'a','url':'http://h','kind':'lmm'}              | did you mean 'llm'?",
        "{'id':'a','provider':'opnai'}                         | did you mean 'openai'?",
        "{'id':'a','url':'http://h','features':['tool']}       | did you mean 'tools'?",
        "{'id':'a','url':'http://h','state':'on'}              | 'on' is none of",
        "{'id':'a','url':'http://h','aliases':[[]]}            | must be text",
        "{'id':'a','url':'ftp://h'}                            | http or https",
        "{'id':'a','url':'not an address'}                     | is no address",
        "{'id':'a','url':'http://169.254.169.254/v1'}          | link-local",
        "{'id':'a','url':'http://user:pw@h/v1'}                | holds a credential",
        "{'id':'a','url':'http://h','options':{'api_key':'x'}} | looks like a credential",
        "{'id':'a','url':'http://h','claimed':{'accuracy':{'m':2}}} | from 0 to 1",
        "{'id':'a','kind':'tool'}                              | 'server' is missing",
        "{'id':'a','url':'http://h','key':17}                  | must be a secret",
      })
  void whatIsWrongIsSaidWithWhatWouldBeRight(String text, String said) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
        .hasMessageContaining(said);
  }

  @Test
  void everythingWrongIsSaidAtOnceAndTheFirstFieldIsNamed() {
    assertThatThrownBy(() -> read("{'id':'a','url':'http://h','price':{'input':-1},'contxt':5}"))
        .isInstanceOfSatisfying(
            ExpertException.class, e -> assertThat(e.parameter()).hasValue("price.input"))
        .hasMessageContainingAll("'input'", "'contxt'", "'context'");
  }

  @Test
  void aStoredCardOfALaterVersionIsReadAllTheSame() {
    var card = read("{'id':'m','url':'http://localhost:1/v1'}");

    assertThat(CardJson.restored(CardJson.stored(card).put("later", true))).isEqualTo(card);
  }
}
