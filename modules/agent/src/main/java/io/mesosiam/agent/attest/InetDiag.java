package io.mesosiam.agent.attest;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/**
 * Encodes a sock_diag request and decodes its answer (sock_diag(7), {@code linux/netlink.h},
 * {@code linux/inet_diag.h}). Numbers are in the host's byte order, ports and addresses in network byte order.
 */
final class InetDiag {
    /** Length in bytes: one {@code nlmsghdr} and one {@code inet_diag_req_v2}. */
    static final int REQUEST_LENGTH = 16 + 56;

    private static final int HEADER_LENGTH = 16;
    private static final int MESSAGE_LENGTH = 72;
    private static final int ATTRIBUTE_HEADER = 4;

    private static final short NLMSG_ERROR = 2;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLM_F_REQUEST = 1;
    private static final int INET_DIAG_TCLASS = 6;
    private static final int INET_DIAG_CLASS_ID = 17;
    private static final int INET_DIAG_CGROUP_ID = 21;

    /**
     * Requests the class. Its number does not fit the request's eight bits; the kernel adds it together with another
     * attribute.
     */
    private static final byte REQUEST_CLASS = 1 << (INET_DIAG_TCLASS - 1);

    private static final int INET_DIAG_INFO = 2;
    private static final byte ASK_FOR_INFO = 1 << (INET_DIAG_INFO - 1);

    private static final int ENOENT = 2;

    private static final byte AF_INET = 2;
    private static final byte AF_INET6 = 10;
    private static final byte IPPROTO_TCP = 6;
    private static final int ADDRESS_FIELD = 16;

    private InetDiag() {}

    /** Writes the request for exactly one socket into the buffer's first {@link #REQUEST_LENGTH} bytes. */
    static void writeRequest(ByteBuffer out, int sequence, InetSocketAddress source, InetSocketAddress destination) {
        addRequest(out.clear(), sequence, source, destination, REQUEST_CLASS);
        out.flip();
    }

    /** Writes the request for a caller's socket, and after it, with the next sequence number, one for this process's end. */
    static void writeRequests(ByteBuffer out, int sequence, Caller caller) {
        addRequest(out.clear(), sequence, caller.source(), caller.destination(), REQUEST_CLASS);
        addRequest(out, sequence + 1, caller.local(), caller.remote(), (byte) 0);
        out.flip();
    }

    /** Writes the request for one socket's {@code tcp_info}. */
    static void writeCountersRequest(
            ByteBuffer out, int sequence, InetSocketAddress source, InetSocketAddress destination) {
        addRequest(out.clear(), sequence, source, destination, ASK_FOR_INFO);
        out.flip();
    }

    private static void addRequest(
            ByteBuffer out, int sequence, InetSocketAddress source, InetSocketAddress destination, byte extensions) {
        boolean v6 = source.getAddress() instanceof Inet6Address;
        out.order(ByteOrder.nativeOrder());
        out.putInt(REQUEST_LENGTH).putShort(SOCK_DIAG_BY_FAMILY).putShort(NLM_F_REQUEST);
        out.putInt(sequence).putInt(0);
        out.put(v6 ? AF_INET6 : AF_INET).put(IPPROTO_TCP).put(extensions).put((byte) 0);
        out.putInt(-1); // any state: the answer's state is checked
        putPort(out, source.getPort());
        putPort(out, destination.getPort());
        putAddress(out, source.getAddress());
        putAddress(out, destination.getAddress());
        out.putInt(0); // not bound to an interface
        out.putInt(-1).putInt(-1); // INET_DIAG_NOCOOKIE
    }

    /**
     * Reads the kernel's answer. The kernel may also return a <em>listening</em> socket with the requested source, so
     * ends and state are compared with the request.
     *
     * @param in one datagram, from position 0 to its limit
     * @param states the states that a found socket may have, such as {@link TcpState#canBeCalling}
     * @return empty if the datagram answers another request
     */
    static Optional<SocketAnswer> readAnswer(
            ByteBuffer in, int sequence, InetSocketAddress source, InetSocketAddress destination, IntPredicate states) {
        in.order(ByteOrder.nativeOrder());
        if (in.remaining() < HEADER_LENGTH) {
            return Optional.of(new SocketAnswer.Failed("the answer is shorter than its header"));
        }
        int start = in.position();
        int length = in.getInt(start);
        short type = in.getShort(start + 4);
        if (in.getInt(start + 8) != sequence) {
            return Optional.empty();
        }
        if (length < HEADER_LENGTH || length > in.remaining()) {
            return Optional.of(new SocketAnswer.Failed("the answer is truncated"));
        }
        ByteBuffer body =
                in.slice(start + HEADER_LENGTH, length - HEADER_LENGTH).order(ByteOrder.nativeOrder());
        return Optional.of(
                switch (type) {
                    case NLMSG_ERROR -> readError(body);
                    case SOCK_DIAG_BY_FAMILY -> readSocket(body, source, destination, states);
                    default -> new SocketAnswer.Failed("the answer is of the unknown type " + type);
                });
    }

    private static SocketAnswer readError(ByteBuffer body) {
        if (body.remaining() < Integer.BYTES) {
            return new SocketAnswer.Failed("the answer is truncated");
        }
        int errno = -body.getInt(0);
        return errno == ENOENT
                ? new SocketAnswer.Absent()
                : new SocketAnswer.Failed("the kernel answers errno " + errno);
    }

    private static SocketAnswer readSocket(
            ByteBuffer body, InetSocketAddress source, InetSocketAddress destination, IntPredicate states) {
        if (body.remaining() < MESSAGE_LENGTH) {
            return new SocketAnswer.Failed("the answer is truncated");
        }
        int family = body.get(0);
        long inode = Integer.toUnsignedLong(body.getInt(68));
        if (!states.test(body.get(1))
                || inode == 0 // not accepted yet, or closed by its process while the kernel finishes the connection
                || !isEnd(body, family, 4, 8, source)
                || !isEnd(body, family, 6, 24, destination)) {
            return new SocketAnswer.Absent();
        }
        long user = Integer.toUnsignedLong(body.getInt(64));
        return new SocketAnswer.Found(inode, cookie(body), user, group(body), netClass(body));
    }

    /**
     * Reads the answer to a {@linkplain #writeCountersRequest request for counters}.
     *
     * @return empty if the datagram answers another request
     */
    static Optional<CountersAnswer> readCounters(
            ByteBuffer in, int sequence, InetSocketAddress source, InetSocketAddress destination) {
        in.order(ByteOrder.nativeOrder());
        int start = in.position();
        if (in.remaining() < HEADER_LENGTH || in.getInt(start + 8) != sequence) {
            return Optional.empty();
        }
        int length = in.getInt(start);
        if (in.getShort(start + 4) != SOCK_DIAG_BY_FAMILY
                || length < HEADER_LENGTH + MESSAGE_LENGTH
                || length > in.remaining()) {
            return Optional.of(new CountersAnswer.Failed("the socket is gone"));
        }
        ByteBuffer body =
                in.slice(start + HEADER_LENGTH, length - HEADER_LENGTH).order(ByteOrder.nativeOrder());
        if (!isEnd(body, body.get(0), 4, 8, source) || !isEnd(body, body.get(0), 6, 24, destination)) {
            return Optional.of(new CountersAnswer.Failed("the socket is gone"));
        }
        return Optional.of(TcpInfo.read(body.get(1), cookie(body), body.position(MESSAGE_LENGTH)));
    }

    private static long cookie(ByteBuffer body) {
        return Integer.toUnsignedLong(body.getInt(44)) | (long) body.getInt(48) << Integer.SIZE;
    }

    private static OptionalLong group(ByteBuffer body) {
        int at = attribute(body.position(MESSAGE_LENGTH), INET_DIAG_CGROUP_ID, Long.BYTES);
        return at < 0 ? OptionalLong.empty() : OptionalLong.of(body.getLong(at));
    }

    private static OptionalLong netClass(ByteBuffer body) {
        int at = attribute(body.position(MESSAGE_LENGTH), INET_DIAG_CLASS_ID, Integer.BYTES);
        return at < 0 || body.getInt(at) == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Integer.toUnsignedLong(body.getInt(at)));
    }

    /**
     * The index of an attribute's value, or -1. Netlink attributes: length with header, type, value, padded to four
     * bytes.
     */
    private static int attribute(ByteBuffer attributes, int wanted, int bytes) {
        while (attributes.remaining() >= ATTRIBUTE_HEADER) {
            int start = attributes.position();
            int length = Short.toUnsignedInt(attributes.getShort(start));
            int type = Short.toUnsignedInt(attributes.getShort(start + 2));
            if (length < ATTRIBUTE_HEADER || length > attributes.remaining()) {
                return -1;
            }
            if (type == wanted && length == ATTRIBUTE_HEADER + bytes) {
                return start + ATTRIBUTE_HEADER;
            }
            attributes.position(Math.min(attributes.limit(), start + (length + 3 & ~3)));
        }
        return -1;
    }

    /**
     * Whether this is the expected end. A dual-stack socket that uses IPv4 has IPv4-mapped addresses;
     * {@link InetAddress} converts those to IPv4.
     */
    private static boolean isEnd(ByteBuffer body, int family, int portAt, int addressAt, InetSocketAddress end) {
        int port = Byte.toUnsignedInt(body.get(portAt)) << Byte.SIZE | Byte.toUnsignedInt(body.get(portAt + 1));
        byte[] address = new byte[family == AF_INET6 ? ADDRESS_FIELD : Integer.BYTES];
        body.get(addressAt, address);
        try {
            return port == end.getPort()
                    && Arrays.equals(
                            InetAddress.getByAddress(address).getAddress(),
                            end.getAddress().getAddress());
        } catch (UnknownHostException e) {
            return false; // unreachable: the length is right
        }
    }

    private static void putPort(ByteBuffer out, int port) {
        out.put((byte) (port >> Byte.SIZE)).put((byte) port);
    }

    private static void putAddress(ByteBuffer out, InetAddress address) {
        byte[] bytes = address.getAddress();
        out.put(bytes).position(out.position() + ADDRESS_FIELD - bytes.length);
    }
}
