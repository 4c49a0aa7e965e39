package io.consilium.expert.registry;

import io.consilium.expert.ExpertCard;
import io.consilium.expert.Roster;
import io.consilium.expert.card.CardJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Names rosters by their contents: SHA-256 over the seats in order. Digests of cards are kept, as
 * writing a card as JSON is dear and health and latencies change far more often. Not thread-safe.
 */
final class RosterIds {
  private Map<String, byte[]> cards = new HashMap<>();

  String id(List<Roster.Seat> seats) {
    Map<String, byte[]> seen = new HashMap<>();
    var digest = sha256();
    for (var seat : seats) {
      var card = seat.card();
      var known = cards.get(card.reference());
      var hash = known == null ? hash(card) : known;
      seen.put(card.reference(), hash);
      digest.update(hash);
      digest.update(text(seat.health().status().name()));
      digest.update(text(seat.health().reason()));
      digest.update(text(seat.residency().state().name()));
      digest.update(
          ByteBuffer.allocate(2 * Long.BYTES + 3 * Double.BYTES + Integer.BYTES)
              .putLong(seat.health().since().toEpochMilli())
              .putLong(seat.load())
              .putInt(seat.slots())
              .putDouble(seat.latencyMillis())
              .putDouble(seat.p95Millis())
              .putDouble(seat.residency().millis())
              .flip());
    }
    cards = seen;
    return HexFormat.of().formatHex(digest.digest(), 0, 12);
  }

  private static byte[] hash(ExpertCard card) {
    return sha256().digest(text(CardJson.stored(card).toString()));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
