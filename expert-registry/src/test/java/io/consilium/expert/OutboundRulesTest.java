package io.consilium.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundRulesTest {
  private final OutboundRules standard = OutboundRules.standard();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:11434/v1",
        "http://127.0.0.1:8000/v1",
        "http://10.0.0.5/v1",
        "http://[::1]:8000/v1",
        "http://[fd12::1]/v1",
        "http://llama_server:8000/v1",
        "https://api.openai.com/v1",
        "https://8.8.8.8/v1"
      })
  void localEnginesAndPublicHostsAreFine(String url) {
    assertThat(standard.objection(URI.create(url))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.1.2/v1",
        "http://2852039166/",
        "http://[fe80::1]/v1",
        "http://[fe80::1%25eth0]/v1",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::1]/",
        "http://[::169.254.169.254]/",
        "http://[fd00:ec2::254]/latest",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://METADATA.google.internal./",
        "http://metadata/",
        "http://user@169.254.169.254/",
        "http://224.0.0.1/"
      })
  void linkLocalAndMetadataAddressesAreRefusedHoweverTheyAreWritten(String url) {
    assertThat(standard.objection(URI.create(url))).isPresent();
    assertThatThrownBy(() -> standard.check(URI.create(url)))
        .isInstanceOfSatisfying(
            ExpertException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
              assertThat(e.parameter()).hasValue("url");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host/",
        "file:///etc/passwd",
        "mailto:a@b",
        "host:80",
        "http:///x",
        "jar:http://h!/"
      })
  void onlyHttpAddressesWithAHostAreTaken(String url) {
    assertThat(standard.objection(URI.create(url))).isPresent();
  }

  @Test
  void anAddressMayBeAllowedByName() {
    var rules = new OutboundRules(true, Set.of("169.254.10.10", "Metadata.Internal", "[fe80::1]"));

    assertThat(rules.objection(URI.create("http://169.254.10.10/v1"))).isEmpty();
    assertThat(rules.objection(URI.create("http://[fe80::1]/v1"))).isEmpty();
    assertThat(rules.objection(URI.create("http://metadata.internal/"))).isEmpty();
    assertThat(rules.objection(URI.create("http://169.254.169.254/"))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/",
        "http://127.1.2.3/",
        "http://0.0.0.0/",
        "http://192.168.1.1/",
        "http://10.1.1.1/",
        "http://[::1]/",
        "http://[fc00::1]/",
        "http://[::ffff:127.0.0.1]/"
      })
  void localAddressesMayBeForbidden(String url) {
    assertThat(new OutboundRules(false, Set.of()).objection(URI.create(url)))
        .hasValueSatisfying(why -> assertThat(why).contains("loopback or private"));
  }

  @Test
  void aNameIsJudgedByWhereItPoints() throws Exception {
    var bound =
        InetAddress.getByAddress("innocent.example", new byte[] {(byte) 169, (byte) 254, 1, 1});

    assertThat(standard.objection(bound))
        .hasValueSatisfying(why -> assertThat(why).contains("link-local"));
  }

  @Test
  void aNameThatDoesNotResolveIsNoObjection() {
    assertThat(standard.objection(URI.create("https://nowhere.invalid/v1"))).isEmpty();
  }
}
