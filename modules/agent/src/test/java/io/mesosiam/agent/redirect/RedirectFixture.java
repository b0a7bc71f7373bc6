package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A host with a container and a network, on which one of the two programs applies the rules. */
abstract class RedirectFixture {
    /** Both programs, with the same rules. */
    enum Backend {
        NFT,
        IPTABLES;

        RuleTable table() {
            return switch (this) {
                case NFT -> new NftTable(Tool.installed("nft").orElseThrow());
                case IPTABLES -> IptablesTable.installed().orElseThrow();
            };
        }
    }

    static final int LIMIT = 5;

    Lab lab;

    @BeforeEach
    void hostContainerAndNetwork() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        lab = new Lab();
    }

    @AfterEach
    void removeEverything() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    TaskCgroups tasksByCgroup() {
        return new TaskCgroups(List.of(lab.taskCgroup()));
    }

    void apply(Backend backend, HostBoundary boundary) {
        lab.host.in(() -> {
            var uplinks = Uplinks.read(Path.of("/proc/thread-self/net"));
            assertThat(uplinks).containsExactly("up0");
            backend.table().apply(new RedirectRules(Lab.PORT, boundary, uplinks, LIMIT, true));
            return true;
        });
    }

    static Socket connected(NetworkNamespace from, String address) {
        return connected(from, address, "real");
    }

    static Socket connected(NetworkNamespace from, String address, String server) {
        return from.in(() -> {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(address, 80), TimeLimit.millis(2000));
            socket.setSoTimeout(TimeLimit.millis(2000));
            assertThat(Lab.line(socket)).isEqualTo(server);
            return socket;
        });
    }

    static String again(Socket socket) throws IOException {
        socket.getOutputStream().write('\n');
        var line = Lab.line(socket);
        if (line.isEmpty()) {
            throw new IOException("closed");
        }
        return line;
    }
}
