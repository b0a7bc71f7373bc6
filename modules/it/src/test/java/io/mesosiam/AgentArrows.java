package io.mesosiam;

import static io.mesosiam.Arrows.arrowsFrom;

import java.util.List;

/** What the packages of the agent, and those that it shares with the controller, may import. */
final class AgentArrows {
    static final List<Arrows> ALL = List.of(
            // leaves, shared by the agent and the controller, so they have no further dependencies
            arrowsFrom("clock").to(),
            arrowsFrom("line").to(),
            arrowsFrom("loglimit").to("line"),
            arrowsFrom("failure").to(),
            arrowsFrom("loop").to("failure"),
            arrowsFrom("pause").to(),
            arrowsFrom("pem").to(),
            arrowsFrom("reach").to(),
            arrowsFrom("spelling").to(),
            arrowsFrom("secret").to(),
            arrowsFrom("postgres").to("line", "pause", "reach"),
            arrowsFrom("channel.wire").to("line", "secret"),
            // system calls
            arrowsFrom("agent.kernel").to(),
            // what the kernel shows of processes and cgroups
            arrowsFrom("agent.proc").to("agent.kernel", "pause"),
            arrowsFrom("agent.cgroup").to("agent.proc"),
            // separate programs
            arrowsFrom("agent")
                    .to(
                            "agent.attest",
                            "agent.cgroup",
                            "agent.config",
                            "agent.connect",
                            "agent.docker",
                            "agent.doctor",
                            "agent.enrol",
                            "agent.hostrole",
                            "agent.kernel",
                            "agent.link",
                            "agent.local",
                            "agent.maker",
                            "agent.mesos",
                            "agent.metrics",
                            "agent.redirect",
                            "agent.serve",
                            "channel.wire",
                            "line",
                            "pause",
                            "reach"),
            arrowsFrom("agent.attest").to("agent.cgroup", "agent.docker", "agent.kernel", "agent.proc", "pause"),
            arrowsFrom("agent.config")
                    .to(
                            "agent.cgroup",
                            "agent.docker",
                            "agent.doctor",
                            "agent.kernel",
                            "agent.mesos",
                            "agent.redirect",
                            "agent.serve",
                            "line",
                            "reach",
                            "secret",
                            "spelling"),
            arrowsFrom("agent.connect").to("agent.cgroup", "agent.kernel"),
            arrowsFrom("agent.doctor")
                    .to(
                            "agent.cgroup",
                            "agent.connect",
                            "agent.hostrole",
                            "agent.kernel",
                            "agent.local",
                            "agent.maker",
                            "agent.mesos",
                            "agent.redirect",
                            "channel.wire",
                            "pause",
                            "reach"),
            arrowsFrom("agent.docker").to("agent.local", "reach"),
            arrowsFrom("agent.enrol")
                    .to(
                            "agent.config",
                            "agent.doctor",
                            "agent.link",
                            "agent.local",
                            "agent.metrics",
                            "channel.wire",
                            "line",
                            "pause",
                            "reach",
                            "secret"),
            arrowsFrom("agent.hostrole").to("agent.local", "channel.wire", "reach", "secret"),
            arrowsFrom("agent.link")
                    .to(
                            "agent.attest",
                            "agent.cgroup",
                            "agent.config",
                            "agent.doctor",
                            "agent.metrics",
                            "agent.serve",
                            "channel.wire",
                            "failure",
                            "pause",
                            "secret"),
            arrowsFrom("agent.local").to("reach"),
            arrowsFrom("agent.maker").to("agent.attest", "agent.cgroup", "agent.kernel"),
            arrowsFrom("agent.mesos").to("agent.attest", "agent.cgroup", "agent.local", "channel.wire", "reach"),
            arrowsFrom("agent.metrics").to(),
            arrowsFrom("agent.redirect").to("agent.kernel", "line"),
            arrowsFrom("agent.serve")
                    .to(
                            "agent.attest",
                            "agent.cgroup",
                            "agent.kernel",
                            "agent.local",
                            "agent.metrics",
                            "agent.serve.http",
                            "channel.wire",
                            "line",
                            "pause",
                            "reach",
                            "secret"),
            // an HTTP server that knows nothing of credentials
            arrowsFrom("agent.serve.http").to("agent.attest", "agent.kernel", "agent.metrics"));

    private AgentArrows() {}
}
