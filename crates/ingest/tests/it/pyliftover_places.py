"""Prints where pyliftover moves each place of a file of lines: chromosome, position, strand, or a dash."""
import sys

from pyliftover import LiftOver

lift_over = LiftOver(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        chromosome, position = line.split()
        found = lift_over.convert_coordinate(chromosome, int(position)) or []
        print("\t".join(map(str, found[0][:3])) if found else "-")
