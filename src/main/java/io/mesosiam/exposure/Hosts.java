package io.mesosiam.exposure;

import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;

/** The hosts that are connected here and can try roles. */
interface Hosts {
    /** Each with its own role. */
    Map<MesosAgentId, HostRole> roles();

    /** Sends the request, if the host is still connected. */
    void send(MesosAgentId host, TryRoles request);
}
