package io.consilium.expert;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses experts may have, so that a card cannot be used to reach what only this machine
 * can: link-local and cloud metadata addresses are refused unless they are allowed by name.
 *
 * <p>Checked when a card is written and again before each new connection, as names may point
 * elsewhere by then. A name that does not resolve is no objection: the connection will say so.
 */
public final class OutboundRules {
  private static final Set<String> METADATA_HOSTS =
      Set.of(
          "metadata",
          "metadata.google.internal",
          "metadata.goog",
          "instance-data",
          "instance-data.ec2.internal");

  /**
   * Metadata services outside the link-local range: Alibaba, Oracle, Azure, and Amazon over IPv6.
   */
  private static final Set<InetAddress> METADATA_ADDRESSES =
      List.of("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254").stream()
          .map(OutboundRules::literal)
          .collect(Collectors.toUnmodifiableSet());

  private final boolean local;
  private final Set<String> allowed;

  /**
   * @param local whether loopback and private addresses are fine, as local engines need
   * @param allowed host names and addresses that are fine in any case
   */
  public OutboundRules(boolean local, Set<String> allowed) {
    this.local = local;
    this.allowed =
        allowed.stream().map(OutboundRules::plain).collect(Collectors.toUnmodifiableSet());
  }

  /** Local engines are fine; link-local and metadata addresses are not. */
  public static OutboundRules standard() {
    return new OutboundRules(true, Set.of());
  }

  /** Refuses an address with {@link FailureKind#INVALID_REQUEST}. May ask the name service. */
  public void check(URI url) {
    objection(url)
        .ifPresent(why -> {
          throw ExpertException.invalid("url", "the address %s is refused: %s".formatted(url, why));
        });
  }

  /** What speaks against an address, in words for the operator. May ask the name service. */
  public Optional<String> objection(URI url) {
    var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("experts are reached by http or https");
    }
    var host = host(url);
    if (host == null) {
      return Optional.of("it names no host");
    }
    if (allowed.contains(host)) {
      return Optional.empty();
    }
    if (METADATA_HOSTS.contains(host)) {
      return Optional.of(refused("a cloud metadata service"));
    }
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .map(this::objection)
          .flatMap(Optional::stream)
          .findFirst();
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** What speaks against one resolved address. */
  public Optional<String> objection(InetAddress address) {
    var inner = embedded(address);
    if (allowed.contains(address.getHostAddress()) || allowed.contains(inner.getHostAddress())) {
      return Optional.empty();
    }
    if (METADATA_ADDRESSES.contains(inner)) {
      return Optional.of(refused(inner.getHostAddress() + " is a cloud metadata service"));
    }
    if (inner.isLinkLocalAddress()) {
      return Optional.of(
          refused(inner.getHostAddress() + " is link-local, where cloud metadata services live"));
    }
    if (inner.isMulticastAddress()) {
      return Optional.of(inner.getHostAddress() + " is a multicast address");
    }
    if (!local && isLocal(inner)) {
      return Optional.of(refused(inner.getHostAddress() + " is a loopback or private address"));
    }
    return Optional.empty();
  }

  private static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isSiteLocalAddress()
        || (address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc);
  }

  /** The IPv4 address inside a NAT64, 6to4 or IPv4-compatible address; else the address itself. */
  private static InetAddress embedded(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address;
    }
    var bytes = address.getAddress();
    if (bytes[0] == 0x20 && bytes[1] == 0x02) {
      return fourBytes(bytes, 2);
    }
    boolean nat64 =
        bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
    boolean compatible = true;
    for (int i = 0; i < 12; i++) {
      compatible &= bytes[i] == 0;
    }
    compatible &= bytes[12] != 0;
    return nat64 || compatible ? fourBytes(bytes, 12) : address;
  }

  private static InetAddress fourBytes(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** {@link URI#getHost} knows no underscores, which container names have. */
  private static @Nullable String host(URI url) {
    var authority = url.getRawAuthority();
    if (authority == null) {
      return null;
    }
    var host = authority.substring(authority.lastIndexOf('@') + 1);
    host =
        host.startsWith("[")
            ? host.replaceAll("(%.*)?].*", "") // the zone of an address does not matter here
            : host.replaceAll(":\\d*$", "");
    host = plain(host);
    return host.isEmpty() ? null : host;
  }

  private static String plain(String host) {
    var plain = host.strip().toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
    return plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain;
  }

  private static String refused(String what) {
    return what + "; if that is meant, add the host to the allowed outbound hosts";
  }

  private static InetAddress literal(String address) {
    return InetAddress.ofLiteral(address);
  }
}
