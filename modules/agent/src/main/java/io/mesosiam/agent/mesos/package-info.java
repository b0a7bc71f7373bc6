/**
 * What this host's Mesos says of its containers: which there are, their first processes, and which belong to no framework. In: its
 * runtime directory, where only root could have written it; else the Mesos agent's API, once it was shown to be the Mesos agent that
 * answers. Out: {@link io.mesosiam.agent.mesos.MesosContainers}. What isn't said is evidence of nothing: answers are filtered by ACLs, and
 * a source that fails gives nobody more. docs/decisions/0013-this-hosts-mesos-agent.md
 */
@NullMarked
package io.mesosiam.agent.mesos;

import org.jspecify.annotations.NullMarked;
