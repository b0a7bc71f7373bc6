package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgedUplinksTest {
    @TempDir
    Path net;

    @Test
    void onlyBridgesWithAVirtualPortAreListed() throws IOException {
        Files.createDirectories(net.resolve("ens5/device"));
        Files.createDirectories(net.resolve("ens6/device"));
        Files.createDirectories(net.resolve("veth1"));
        Files.createDirectories(net.resolve("lan0/brif/ens5"));
        Files.createDirectories(net.resolve("cni0/brif/veth1"));
        Files.createDirectories(net.resolve("mixed0/brif/ens6"));
        Files.createDirectories(net.resolve("mixed0/brif/veth1"));
        Files.createDirectories(net.resolve("empty0/brif"));

        assertThat(BridgedUplinks.among(
                        new TreeSet<>(List.of("ens6", "lan0", "cni0", "mixed0", "empty0", "gone0")), net))
                .containsExactly("cni0", "mixed0");
    }
}
