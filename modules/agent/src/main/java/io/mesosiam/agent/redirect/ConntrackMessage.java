package io.mesosiam.agent.redirect;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Encodes and decodes one request to connection tracking: which connection has this reply direction? Layouts: the
 * kernel's {@code linux/netlink.h}, {@code linux/netfilter/nfnetlink.h} and {@code nfnetlink_conntrack.h}. Headers and
 * lengths are in the machine's byte order, addresses and ports in network byte order.
 */
final class ConntrackMessage {
    private static final int HEADER = 16;
    private static final int NETFILTER_HEADER = 4;
    private static final int ATTRIBUTE_HEADER = 4;

    private static final short NLMSG_ERROR = 2;
    private static final short CT_NEW = 0x0100;
    private static final short CT_GET = 0x0101;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLA_F_NESTED = (short) 0x8000;
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final byte AF_INET = 2;
    private static final byte AF_INET6 = 10;
    private static final byte TCP = 6;
    private static final int ENOENT = 2;

    private static final short TUPLE_ORIGINAL = 1;
    private static final short TUPLE_REPLY = 2;
    private static final short TUPLE_IP = 1;
    private static final short TUPLE_PROTOCOL = 2;
    private static final short IP_V4_SOURCE = 1;
    private static final short IP_V4_DESTINATION = 2;
    private static final short IP_V6_SOURCE = 3;
    private static final short IP_V6_DESTINATION = 4;
    private static final short PROTOCOL_NUMBER = 1;
    private static final short PROTOCOL_SOURCE_PORT = 2;
    private static final short PROTOCOL_DESTINATION_PORT = 3;

    private ConntrackMessage() {}

    /** The kernel's answer. */
    sealed interface Answer {
        /** The connection's two ends as it was opened. */
        record Tracked(InetSocketAddress source, InetSocketAddress destination) implements Answer {}

        /** No such connection is tracked. */
        record Untracked() implements Answer {}

        /** The kernel refused the request. */
        record Refused(int errno) implements Answer {}
    }

    /** Writes the request at the buffer's start, and flips the buffer. */
    static void writeRequest(ByteBuffer buffer, int sequence, InetSocketAddress remote, InetSocketAddress local) {
        boolean v4 = local.getAddress() instanceof Inet4Address;
        buffer.clear().order(ByteOrder.nativeOrder());
        buffer.putInt(0)
                .putShort(CT_GET)
                .putShort(NLM_F_REQUEST)
                .putInt(sequence)
                .putInt(0);
        buffer.put(v4 ? AF_INET : AF_INET6).put((byte) 0).putShort((short) 0);
        int tuple = begin(buffer, TUPLE_REPLY);
        int ip = begin(buffer, TUPLE_IP);
        put(buffer, v4 ? IP_V4_SOURCE : IP_V6_SOURCE, local.getAddress().getAddress());
        put(
                buffer,
                v4 ? IP_V4_DESTINATION : IP_V6_DESTINATION,
                remote.getAddress().getAddress());
        end(buffer, ip);
        int protocol = begin(buffer, TUPLE_PROTOCOL);
        put(buffer, PROTOCOL_NUMBER, new byte[] {TCP});
        put(buffer, PROTOCOL_SOURCE_PORT, port(local));
        put(buffer, PROTOCOL_DESTINATION_PORT, port(remote));
        end(buffer, protocol);
        end(buffer, tuple);
        buffer.putInt(0, buffer.position()).flip();
    }

    /**
     * Reads one message.
     *
     * @return empty if it does not answer that request
     */
    static Optional<Answer> readAnswer(ByteBuffer message, int sequence) {
        message.order(ByteOrder.nativeOrder());
        if (message.remaining() < HEADER + NETFILTER_HEADER) {
            return Optional.empty();
        }
        int length = message.getInt(0);
        short type = message.getShort(4);
        if (message.getInt(8) != sequence || length < HEADER + NETFILTER_HEADER || length > message.remaining()) {
            return Optional.empty();
        }
        if (type == NLMSG_ERROR) {
            int errno = -message.getInt(HEADER);
            return Optional.of(errno == ENOENT ? new Answer.Untracked() : new Answer.Refused(errno));
        }
        if (type != CT_NEW) {
            return Optional.empty();
        }
        var attributes = message.slice(HEADER + NETFILTER_HEADER, length - HEADER - NETFILTER_HEADER);
        return attribute(attributes, TUPLE_ORIGINAL).flatMap(ConntrackMessage::tracked);
    }

    private static Optional<Answer> tracked(ByteBuffer tuple) {
        return end(tuple, IP_V4_SOURCE, IP_V6_SOURCE, PROTOCOL_SOURCE_PORT)
                .flatMap(source -> end(tuple, IP_V4_DESTINATION, IP_V6_DESTINATION, PROTOCOL_DESTINATION_PORT)
                        .map(destination -> new Answer.Tracked(source, destination)));
    }

    private static Optional<InetSocketAddress> end(ByteBuffer tuple, short ipv4, short ipv6, short portOfIt) {
        var ip = attribute(tuple, TUPLE_IP);
        var address = ip.flatMap(a -> attribute(a, ipv4))
                .or(() -> ip.flatMap(a -> attribute(a, ipv6)))
                .flatMap(ConntrackMessage::address);
        var port = attribute(tuple, TUPLE_PROTOCOL)
                .flatMap(protocol -> attribute(protocol, portOfIt))
                .filter(bytes -> bytes.remaining() == Short.BYTES)
                .map(bytes ->
                        Short.toUnsignedInt(bytes.order(ByteOrder.BIG_ENDIAN).getShort()));
        return address.flatMap(a -> port.map(p -> new InetSocketAddress(a, p)));
    }

    private static Optional<InetAddress> address(ByteBuffer bytes) {
        var address = new byte[bytes.remaining()];
        bytes.get(address);
        try {
            return Optional.of(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The contents of the attribute of that type, if the list contains all of it. */
    private static Optional<ByteBuffer> attribute(ByteBuffer list, short type) {
        list.order(ByteOrder.nativeOrder());
        for (int at = 0; at + ATTRIBUTE_HEADER <= list.limit(); ) {
            int length = Short.toUnsignedInt(list.getShort(at));
            if (length < ATTRIBUTE_HEADER || at + length > list.limit()) {
                return Optional.empty();
            }
            if ((list.getShort(at + 2) & NLA_TYPE_MASK) == type) {
                return Optional.of(list.slice(at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER));
            }
            at += aligned(length);
        }
        return Optional.empty();
    }

    private static int begin(ByteBuffer buffer, short type) {
        int start = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
        return start;
    }

    private static void end(ByteBuffer buffer, int start) {
        buffer.putShort(start, (short) (buffer.position() - start));
    }

    private static void put(ByteBuffer buffer, short type, byte[] value) {
        int length = ATTRIBUTE_HEADER + value.length;
        buffer.putShort((short) length).putShort(type).put(Arrays.copyOf(value, aligned(length) - ATTRIBUTE_HEADER));
    }

    private static byte[] port(InetSocketAddress end) {
        return new byte[] {(byte) (end.getPort() >> 8), (byte) end.getPort()};
    }

    private static int aligned(int length) {
        return (length + 3) & ~3;
    }
}
