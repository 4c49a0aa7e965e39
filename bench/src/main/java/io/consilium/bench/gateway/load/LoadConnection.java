package io.consilium.bench.gateway.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One keep-alive connection of a {@link LoadLoop}: the request in flight and what came back. */
final class LoadConnection implements HttpReply.Body {
  /** Every JSON reply of the mock holds this; one without it was made up on the way. */
  static final byte[] MOCK_MARK = "bench-mock".getBytes(StandardCharsets.US_ASCII);

  private final SocketChannel channel;
  private final SelectionKey key;
  private final HttpReply reply = new HttpReply(this);
  private final FrameCounter stream = new FrameCounter();
  private final byte[] start = new byte[4096];
  private int startLength;
  private ByteBuffer pending = ByteBuffer.allocate(0);
  private boolean everConnected;
  private boolean waiting;
  private boolean countFrames;
  private long sentAt;
  private long firstFrameAt;
  private int requests;

  private LoadConnection(SocketChannel channel, Selector selector) throws IOException {
    this.channel = channel;
    this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
  }

  static void open(int port, Selector selector) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    new LoadConnection(channel, selector);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  void connected() throws IOException {
    channel.finishConnect();
    everConnected = true;
  }

  void send(String request) throws IOException {
    reply.reset();
    stream.reset();
    startLength = 0;
    firstFrameAt = 0;
    countFrames = request.contains("\"stream\":true");
    requests++;
    waiting = true;
    pending = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
    sentAt = System.nanoTime();
    write();
  }

  void write() throws IOException {
    channel.write(pending);
    int wanted =
        pending.hasRemaining()
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }

  /** Reads what is there; false when the peer has closed. */
  boolean read(ByteBuffer buffer) throws IOException {
    int n = channel.read(buffer);
    if (n < 0) {
      reply.closed();
      return false;
    }
    reply.read(buffer.array(), buffer.arrayOffset(), buffer.arrayOffset() + n);
    if (countFrames && firstFrameAt == 0 && stream.inOrder() > 0) {
      firstFrameAt = System.nanoTime();
    }
    return true;
  }

  @Override
  public void bytes(byte[] source, int from, int to) {
    if (countFrames) {
      stream.bytes(source, from, to);
    }
    int n = Math.min(start.length - startLength, to - from);
    if (n > 0) {
      System.arraycopy(source, from, start, startLength, n);
      startLength += n;
    }
  }

  boolean replied() {
    return waiting && reply.done();
  }

  /** What is wrong with the reply that has just ended, or an empty text. */
  String wrong(int frames) {
    waiting = false;
    if (reply.status() != 200) {
      return "status " + reply.status() + ": " + text();
    }
    if (frames == 0 && HttpReply.indexOf(start, startLength, MOCK_MARK) < 0) {
      return "a reply that is not the mock's: " + text();
    }
    if (frames > 0 && !stream.complete(frames)) {
      return stream.inOrder() + " of " + frames + " frames in order";
    }
    return "";
  }

  private String text() {
    return new String(start, 0, Math.min(startLength, 500), StandardCharsets.UTF_8);
  }

  void forget() {
    waiting = false;
    stream.reset();
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException alreadyGone) {
      waiting = false;
    }
  }

  boolean everConnected() {
    return everConnected;
  }

  boolean waiting() {
    return waiting;
  }

  boolean keepAlive() {
    return reply.keepAlive();
  }

  int framesInOrder() {
    return stream.inOrder();
  }

  int requests() {
    return requests;
  }

  long sentAt() {
    return sentAt;
  }

  long firstFrameAt() {
    return firstFrameAt == 0 ? sentAt : firstFrameAt;
  }
}
