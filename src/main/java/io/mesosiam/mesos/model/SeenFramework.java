package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Framework;

/**
 * A framework as the master shows it.
 *
 * @param recovered known only through Mesos agents' reports: its scheduler hasn't been heard of by this leader
 */
public record SeenFramework(Framework framework, boolean recovered) {}
