package io.mesosiam.trial;

import java.util.List;
import java.util.stream.Stream;

/** All trials. */
final class Trials {
    static final List<Trial> ALL = Stream.of(
                    List.of(new Trial("none", "nothing, for 20 s", _ -> Thread.sleep(20_000))),
                    ControllerFaults.TRIALS,
                    UpgradeFaults.TRIALS,
                    TakeoverFaults.TRIALS,
                    AgentFaults.TRIALS,
                    DatabaseFaults.TRIALS,
                    MasterFaults.TRIALS,
                    StsFaults.TRIALS,
                    NetworkFaults.TRIALS,
                    HostFaults.TRIALS,
                    ClockFaults.TRIALS,
                    LoadFaults.TRIALS)
            .flatMap(List::stream)
            .toList();

    private Trials() {}
}
