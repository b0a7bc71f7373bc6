package io.mesosiam.agent.connect;

import static io.mesosiam.agent.kernel.Instructions.Register.R2;
import static io.mesosiam.agent.kernel.Instructions.Register.R3;
import static io.mesosiam.agent.kernel.Instructions.Register.R6;
import static io.mesosiam.agent.kernel.Instructions.Register.R7;

import io.mesosiam.agent.kernel.Instructions;
import io.mesosiam.agent.kernel.SocketProgram.Event;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The addresses at which processes reach the agent.
 *
 * @param listening the agent's own. For a wildcard, each address with this port counts, of other machines too: this
 *     host's addresses change
 * @param redirected those that rules of the packet filter lead to the agent
 */
public record Destinations(InetSocketAddress listening, List<InetSocketAddress> redirected) {
    // struct bpf_sock_addr in linux/bpf.h: all in the network's byte order
    private static final int ADDRESS_4 = 4;
    private static final int ADDRESS_6 = 8;
    private static final int PORT = 24;

    /** The third of the four words in which an IPv6 address contains an IPv4 address. */
    private static final int MAPPED = 0xffff0000;

    public Destinations {
        redirected = List.copyOf(redirected);
    }

    /** Sets R7 to 1 if the process of R6 connects to one of them, else to 0. Changes R2 and R3. */
    Instructions match(Event event) {
        Map<Integer, Instructions> byPort = new TreeMap<>();
        InetAddress own = listening.getAddress();
        Instructions atOwnPort = byPort.computeIfAbsent(listening.getPort(), _ -> new Instructions());
        if (own.isAnyLocalAddress()) {
            atOwnPort.move(R7, 1);
        } else {
            words(event, own).forEach(words -> atOwnPort.add(equal(event, words, 0)));
            // a connection to no address goes to this host
            zero(event).forEach(words -> atOwnPort.add(equal(event, words, 0)));
        }
        for (InetSocketAddress each : redirected) {
            Instructions atPort = byPort.computeIfAbsent(each.getPort(), _ -> new Instructions());
            words(event, each.getAddress()).forEach(words -> atPort.add(equal(event, words, 0)));
        }
        Instructions match = new Instructions().move(R7, 0).loadWord(R2, R6, PORT);
        byPort.forEach((port, addresses) -> match.ifEqual(R2, Short.toUnsignedInt(swapped(port)), addresses));
        return match;
    }

    private static short swapped(int port) {
        return Short.reverseBytes((short) port);
    }

    /** The address as its event has it; none if such a socket can't connect to it. */
    private static List<int[]> words(Event event, InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress()).order(ByteOrder.LITTLE_ENDIAN);
        boolean six = event == Event.CONNECTS_6;
        if (address instanceof Inet4Address) {
            int word = bytes.getInt();
            return List.of(six ? new int[] {0, 0, MAPPED, word} : new int[] {word});
        }
        return six
                ? List.of(new int[] {bytes.getInt(), bytes.getInt(), bytes.getInt(), bytes.getInt()})
                : new ArrayList<>();
    }

    private static List<int[]> zero(Event event) {
        return event == Event.CONNECTS_6 ? List.of(new int[4], new int[] {0, 0, MAPPED, 0}) : List.of(new int[1]);
    }

    private static Instructions equal(Event event, int[] words, int at) {
        if (at == words.length) {
            return new Instructions().move(R7, 1);
        }
        int first = event == Event.CONNECTS_6 ? ADDRESS_6 : ADDRESS_4;
        return new Instructions()
                .loadWord(R3, R6, first + at * Integer.BYTES)
                .ifWordEqual(R3, words[at], equal(event, words, at + 1));
    }
}
