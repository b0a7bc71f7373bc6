package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Framework;

/**
 * A framework as the master reports it.
 *
 * @param recovered whether the leader only knows it from Mesos agents, because its scheduler has not subscribed again
 */
public record SeenFramework(Framework framework, boolean recovered) {}
