package io.consilium.orchestrator.net;

import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO, with each request knowing its connection, so that {@link ClientWatch}
 * can watch it. Name this class as the connector's protocol.
 */
public final class WatchableHttp11Protocol extends Http11NioProtocol {
  /** The request attribute that holds the connection. */
  static final String CONNECTION = WatchableHttp11Protocol.class.getName() + ".connection";

  @Override
  protected Processor createProcessor() {
    var introducing = new Introducing(adapter);
    var processor = new Http11(this, introducing);
    introducing.processor = processor;
    return processor;
  }

  private static final class Http11 extends Http11Processor {
    Http11(WatchableHttp11Protocol protocol, Adapter adapter) {
      super(protocol, adapter);
    }

    SocketWrapperBase<?> connection() {
      return getSocketWrapper();
    }
  }

  /** Introduces each request to its connection before the container sees it. */
  private static final class Introducing implements Adapter {
    private final Adapter container;
    private @Nullable Http11 processor;

    Introducing(Adapter container) {
      this.container = container;
    }

    private void introduce(Request request) {
      if (processor != null) {
        request.setAttribute(CONNECTION, processor.connection());
      }
    }

    @Override
    public void service(Request request, Response response) throws Exception {
      introduce(request);
      container.service(request, response);
    }

    @Override
    public boolean prepare(Request request, Response response) throws Exception {
      introduce(request);
      return container.prepare(request, response);
    }

    @Override
    public boolean asyncDispatch(Request request, Response response, SocketEvent status)
        throws Exception {
      return container.asyncDispatch(request, response, status);
    }

    @Override
    public void log(Request request, Response response, long time) {
      container.log(request, response, time);
    }

    @Override
    public void checkRecycled(Request request, Response response) {
      container.checkRecycled(request, response);
    }

    @Override
    public String getDomain() {
      return container.getDomain();
    }
  }
}
