package io.mesosiam.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A syslog server, by UDP with one datagram for each event (RFC 5426), or by TCP with octet counting (RFC 6587). By UDP an
 * event can be lost on the way. By TCP, events that the kernel had taken when the connection broke can be lost.
 */
final class SyslogSink implements AuditSink {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** The largest datagram of IPv4, less the headers and a margin. */
    private static final int LONGEST_DATAGRAM = 60_000;

    private static final int LONGEST_MESSAGE = 1 << 20;

    private final URI address;
    private final String host;
    private volatile @Nullable Socket socket;
    private @Nullable OutputStream stream;
    private volatile @Nullable DatagramSocket datagrams;

    /** @param host the name of this machine */
    SyslogSink(URI address, String host) {
        this.address = address;
        this.host = host;
        if (!SyslogAddress.isUsable(address)) {
            throw new IllegalArgumentException("must be udp://host:port or tcp://host:port");
        }
    }

    @Override
    public void write(List<AuditedEvent> events) throws IOException {
        if ("udp".equals(address.getScheme())) {
            send(events);
        } else {
            writeStream(events);
        }
    }

    private void send(List<AuditedEvent> events) throws IOException {
        DatagramSocket open = datagrams;
        if (open == null || open.isClosed()) {
            open = new DatagramSocket();
            datagrams = open;
        }
        InetSocketAddress to = resolved();
        for (AuditedEvent event : events) {
            byte[] message = SyslogMessage.of(event, host, LONGEST_DATAGRAM);
            open.send(new DatagramPacket(message, message.length, to));
        }
    }

    private void writeStream(List<AuditedEvent> events) throws IOException {
        try {
            OutputStream open = stream();
            for (AuditedEvent event : events) {
                byte[] message = SyslogMessage.of(event, host, LONGEST_MESSAGE);
                open.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
                open.write(message);
            }
            open.flush();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private OutputStream stream() throws IOException {
        Socket open = socket;
        OutputStream known = stream;
        if (open != null && known != null && !open.isClosed() && !hasEnded(open)) {
            return known;
        }
        close();
        Socket connecting = new Socket();
        socket = connecting;
        connecting.setSoTimeout(1);
        connecting.setKeepAlive(true);
        connecting.connect(resolved(), Math.toIntExact(CONNECT.toMillis()));
        OutputStream opened = new BufferedOutputStream(connecting.getOutputStream(), 65_536);
        stream = opened;
        return opened;
    }

    /** Whether the server has closed the connection. A syslog server sends nothing. */
    private static boolean hasEnded(Socket open) throws IOException {
        try {
            return open.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private InetSocketAddress resolved() throws IOException {
        InetSocketAddress to = new InetSocketAddress(address.getHost(), address.getPort());
        if (to.isUnresolved()) {
            throw new IOException("the syslog server's name can't be resolved");
        }
        return to;
    }

    @Override
    public void close() throws IOException {
        DatagramSocket udp = datagrams;
        if (udp != null) {
            udp.close();
        }
        Socket tcp = socket;
        socket = null;
        if (tcp != null) {
            tcp.close();
        }
    }
}
