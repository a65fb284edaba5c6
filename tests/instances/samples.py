"""One small problem in each form, written for these tests."""

DZN = """% a comment
n_res = 2; rcap = [2, 1];
n_tasks = 4;
rreq = [| 0, 0
        | 1, 1
        | 1, 0 /* the second
          comment */
        | 0, 0 |];
n_prec = 5;
prec = [| 1, 2, 0, 0
        | 2, 3, 2, 0
        | 3, 2, 1, 1
        | 3, 4, 1, 0
        | 4, 1, 0, 4 |];
"""

SM = """*****
projects                      :  1
jobs (incl. supersource/sink ):  3
horizon                       :  9
RESOURCES
  - renewable                 :  2   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
*****
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          1           2
   2        2          1           3
   3        1          0
*****
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------
  1      1     0       0    0
  2      1     4       1    0
         2     2       1    2
  3      1     0       0    0
*****
RESOURCEAVAILABILITIES:
  R 1  R 2
    1    2
*****
"""

RCP = """4 1

2

0 0 2 2 3
3 1 1 4
2 2 1 4
0 0 0
"""

SCH = """2 1 0 0
0 1 2 1 2 [0] [1]
1 1 2 2 3 [3] [2]
2 1 2 1 3 [-5] [1]
3 1 0
0 1 0 0
1 1 2 1
2 1 1 2
3 1 0 0
2
"""

FJS = """2 3 1.5
2 1 1 4 2 2 3 3 2
1 2 1 5 3 6
"""
