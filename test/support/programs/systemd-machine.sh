#!/bin/sh
# Makes systemd the first process of namespaces of its own, with nothing but the journal: a machine on which a unit can be
# installed. All that may be written to is in memory, and the units of the machine around it are unknown there.
# Argument: the folder that is /usr/local there.
set -e
mount --make-rprivate /
mount --bind "$1" /usr/local
mount -t tmpfs none /run
mkdir -p /run/etc/upper /run/etc/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
for folder in /home /root /tmp /var/lib /var/log /var/tmp; do mount -t tmpfs none $folder; done
mount -t cgroup2 none /sys/fs/cgroup
ip link set lo up

units=/etc/systemd/system
rm -rf $units
mkdir $units
for name in sysinit basic shutdown multi-user network-online; do
  printf '[Unit]\nDefaultDependencies=no\n' >$units/$name.target
done
printf '[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service\n' >$units/test.target
cp /lib/systemd/system/systemd-journald* $units/
export container=test SYSTEMD_UNIT_PATH=$units PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /root
exec /lib/systemd/systemd --system --unit=test.target --show-status=false --log-target=console
