package io.mesosiam.agent.doctor;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Checks whether the agent answers on the port of its metrics. While another process has the port, the agent serves
 * credentials without metrics.
 *
 * @param listen the address of the metrics
 */
public record MetricsCheck(InetSocketAddress listen) implements Check {
    private static final String NAME = "metrics";
    private static final int WAIT_MILLIS = 1000;

    /** The beginning of the names of the agent's metrics: docs/agent.md. */
    private static final String AGENTS = "mesosiam_agent_";

    @Override
    public List<Finding> findings() {
        String host = listen.getAddress().getHostAddress();
        String address = host + ":" + listen.getPort();
        ReachRequest.Reply reply = ReachRequest.reply(host, listen.getPort(), "/metrics", WAIT_MILLIS);
        if (reply.text().contains(AGENTS)) {
            return List.of(Finding.ok(NAME, "the agent answers on " + address));
        }
        return List.of(
                reply.connected()
                        ? Finding.warning(
                                NAME,
                                "another program than the agent has " + address + ": the agent serves without metrics",
                                "end that program ('ss -ltnp' names it), and the agent takes the port within 5 s, or"
                                        + " give the agent another MESOS_IAM_AGENT_METRICS_LISTEN")
                        : Finding.warning(NAME, "no program listens on " + address, "start the agent"));
    }
}
