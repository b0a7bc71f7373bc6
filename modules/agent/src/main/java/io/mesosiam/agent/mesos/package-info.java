/**
 * Reads what this host's Mesos reports of its containers: which exist, their first processes, and which belong to no
 * framework. In: its runtime directory, if only root can have written it; else the Mesos agent's API, after the peer is
 * verified to be the Mesos agent. Out: {@link io.mesosiam.agent.mesos.MesosContainers}. A missing entry proves nothing:
 * ACLs filter answers, and a source that fails grants nothing. docs/decisions/0013-this-hosts-mesos-agent.md
 */
@NullMarked
package io.mesosiam.agent.mesos;

import org.jspecify.annotations.NullMarked;
