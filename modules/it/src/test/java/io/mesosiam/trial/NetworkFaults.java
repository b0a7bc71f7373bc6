package io.mesosiam.trial;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Networks between agents and controllers that drop packets, each way. */
final class NetworkFaults {
    static final List<Trial> TRIALS = List.of(
            trial(
                    "partition-to-controllers",
                    "two hosts: packets to controllers are dropped for 45 s",
                    HostNetwork::dropToControllers),
            trial(
                    "partition-to-agents",
                    "two hosts: packets from controllers are dropped for 45 s",
                    HostNetwork::dropToAgents),
            trial("partition", "two hosts: packets of both directions are dropped for 45 s", network -> {
                network.dropToControllers();
                network.dropToAgents();
            }));

    private NetworkFaults() {}

    @FunctionalInterface
    private interface Cut {
        void apply(HostNetwork network) throws Exception;
    }

    private static Trial trial(String name, String what, Cut cut) {
        AtomicReference<HostNetwork> network = new AtomicReference<>();
        return new Trial(
                name,
                what,
                Requirement.ROOT,
                setup -> {
                    HostNetwork made = setup.remove(new HostNetwork());
                    network.set(made);
                    return setup.agentsBehind(made.through(), HostNetwork.CONTROLLERS);
                },
                _ -> {
                    cut.apply(network.get());
                    Thread.sleep(Duration.ofSeconds(45));
                    network.get().repair();
                });
    }
}
