package io.mesosiam.channel.handshake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS contexts of the JDK for the agents' port, with bounded handshakes. {@link #renew} replaces their keys and
 * authorities for connections that are accepted after it; each other connection keeps what it was accepted with. The new
 * contexts have no sessions of the old ones, so no peer resumes a session that a removed authority allowed.
 *
 * <p>Vert.x has a method for this, too, {@code HttpServer.updateSSLOptions}. Until it has made the new context, the
 * server has none, and connections accepted then fail.
 */
final class BoundedContexts {
    private final Handshakes handshakes;

    @GuardedBy("this")
    private final List<Context> contexts = new ArrayList<>();

    @GuardedBy("this")
    private Optional<Managers> renewed = Optional.empty();

    BoundedContexts(Handshakes handshakes) {
        this.handshakes = handshakes;
    }

    private record Managers(KeyManagerFactory keys, TrustManagerFactory authorities) {}

    /** Options of a server that make it use these contexts. */
    JdkSSLEngineOptions engineOptions() {
        return new EngineOptions(this);
    }

    /**
     * Replaces keys and authorities in all contexts; their other options stay. If a context can't be made, none is
     * replaced.
     */
    synchronized void renew(KeyManagerFactory keys, TrustManagerFactory authorities) throws SSLException {
        Managers managers = new Managers(keys, authorities);
        List<SslContext> next = new ArrayList<>();
        for (Context context : contexts) {
            next.add(context.options.make(managers));
        }
        for (int i = 0; i < next.size(); i++) {
            contexts.get(i).newest = next.get(i);
        }
        renewed = Optional.of(managers);
    }

    /** Vert.x makes a context when the first connection needs it, which can be after a renewal. */
    private synchronized SslContext add(Options options) throws SSLException {
        Context context = new Context(renewed.isPresent() ? options.make(renewed.get()) : options.make(), options);
        contexts.add(context);
        return context;
    }

    private static final class EngineOptions extends JdkSSLEngineOptions {
        private final BoundedContexts contexts;

        EngineOptions(BoundedContexts contexts) {
            this.contexts = contexts;
        }

        @Override
        public JdkSSLEngineOptions copy() {
            return new EngineOptions(contexts);
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return contexts.new Options();
        }
    }

    /** What Vert.x sets for one context: ciphers, application protocols, client certificates. */
    private final class Options extends DefaultSslContextFactory {
        Options() {
            super(SslProvider.JDK, false);
        }

        @Override
        public SslContext create() throws SSLException {
            return add(this);
        }

        SslContext make() throws SSLException {
            return super.create();
        }

        SslContext make(Managers managers) throws SSLException {
            var _ = keyMananagerFactory(managers.keys()).trustManagerFactory(managers.authorities());
            return super.create();
        }
    }

    private final class Context extends DelegatingSslContext {
        private final Options options;
        private volatile SslContext newest;

        Context(SslContext first, Options options) {
            super(first);
            this.newest = first;
            this.options = options;
        }

        @Override
        protected SslHandler newHandler(ByteBufAllocator buffers, boolean startTls, Executor tasks) {
            return bounded(newest.newEngine(buffers));
        }

        @Override
        protected SslHandler newHandler(
                ByteBufAllocator buffers, String host, int port, boolean startTls, Executor tasks) {
            return bounded(newest.newEngine(buffers, host, port));
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // the options are those of the newest context
        }

        private SslHandler bounded(SSLEngine engine) {
            return new BoundedHandshake(engine, handshakes.tasks(), handshakes);
        }
    }
}
